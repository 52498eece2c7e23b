"""The original's trade history, read on while it grows."""

import json
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from powertrader.models.decision import ActionKind
from powertrader.shadow.trades import TradeTail


def line(number: int, side: str, tag: str | None = None, symbol: str = "BTCUSDT") -> str:
    found = {"ts": 1000.0 + number, "side": side, "tag": tag, "symbol": symbol, "qty": 0.5, "price": 10.0}
    return json.dumps({**found, "order_id": str(number)}) + "\n"


def at(number: int) -> datetime:
    return datetime.fromtimestamp(1000 + number, UTC)


def test_each_trade_is_given_once_with_what_it_was(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    tail = TradeTail(path, "USDT")
    assert tail.poll() == ()
    path.write_text(line(1, "buy") + line(2, "buy", "DCA") + line(3, "sell", "TRAIL_SELL"), encoding="utf-8")
    assert [(one.kind, one.at) for one in tail.poll()] == [
        (ActionKind.ENTRY, at(1)),
        (ActionKind.DCA, at(2)),
        (ActionKind.EXIT, at(3)),
    ]
    assert tail.poll() == ()


def test_a_line_that_is_not_complete_is_read_when_it_is(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    tail, whole = TradeTail(path, "USDT"), line(2, "sell")
    path.write_text(line(1, "buy") + whole[:20], encoding="utf-8")
    assert [one.order_id for one in tail.poll()] == ["1"]
    path.write_text(line(1, "buy") + whole, encoding="utf-8")
    assert [one.order_id for one in tail.poll()] == ["2"]


def test_damaged_and_foreign_lines_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    path.write_text('{"ts": "x"}\nnot json\n[]\n' + line(1, "hold") + line(2, "sell"), encoding="utf-8")
    assert [one.order_id for one in TradeTail(path, "USDT").poll()] == ["2"]


def test_a_history_that_was_begun_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    tail = TradeTail(path, "USDT")
    path.write_text(line(1, "buy") + line(2, "sell"), encoding="utf-8")
    tail.poll()
    path.write_text(line(3, "buy"), encoding="utf-8")
    assert [one.order_id for one in tail.poll()] == ["3"]


def test_a_history_with_another_file_in_its_place_gives_only_what_it_has_besides(tmp_path: Path) -> None:
    path, day = tmp_path / "trade_history.jsonl", 86400
    known = [
        line(1, "buy"),
        line(day, "buy", "DCA"),
        line(4 * day, "buy", "DCA"),
        line(5 * day, "buy", "DCA"),
    ]
    path.write_text("".join(known), encoding="utf-8")
    tail = TradeTail(path, "USDT")
    assert len(tail.poll()) == 4
    other = tmp_path / "other"
    other.write_text("\n".join(["", *known, line(5 * day + 1, "sell")]), encoding="utf-8")
    other.replace(path)
    assert [one.at for one in tail.poll()] == [at(5 * day + 1)]
    assert tail.window("BTC", at(5 * day)) == ((at(4 * day), at(5 * day)), None)


def test_a_history_that_is_empty_for_a_moment_gives_nothing_twice(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    whole = line(1, "buy") + line(3 * 86400, "sell")
    path.write_text(whole, encoding="utf-8")
    tail = TradeTail(path, "USDT")
    tail.poll()
    path.write_text("", encoding="utf-8")
    assert tail.poll() == ()
    path.write_text(whole + line(4 * 86400, "buy"), encoding="utf-8")
    assert [one.at for one in tail.poll()] == [at(4 * 86400)]


def test_what_was_read_is_not_read_again_while_a_history_grows(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    tail = TradeTail(path, "USDT")
    known = "".join(line(number, "buy") for number in range(100))
    path.write_text(known, encoding="utf-8")
    assert len(tail.poll()) == 100
    # nobody looks at the beginning again, so that a change there is not seen
    path.write_text(known.replace('"0"', '"x"') + line(100, "sell"), encoding="utf-8")
    assert [one.order_id for one in tail.poll()] == ["100"]


@given(writes=st.lists(st.integers(0, 4), max_size=12))
def test_however_a_history_is_written_each_trade_is_given_once_in_order(writes: list[int]) -> None:
    with TemporaryDirectory() as folder:
        path, given_ids, text = Path(folder) / "trade_history.jsonl", [], b""
        tail = TradeTail(path, "USDT")
        for number, write in enumerate(writes):
            text += line(number, "buy").encode()
            # all of it, some of its end missing, or nothing of it at that moment
            path.write_bytes(text[: len(text) - 40 * write] if write < 4 else b"")
            given_ids += [one.order_id for one in tail.poll()]
        path.write_bytes(text + b"\n")
        given_ids += [one.order_id for one in tail.poll()]
    assert given_ids == [str(number) for number in range(len(writes))]


def test_the_window_holds_the_dca_buys_since_the_last_sale(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    lines = [line(1, "buy", "DCA"), line(2, "sell"), line(4, "buy", "DCA"), line(3, "buy", "DCA")]
    path.write_text("".join(lines) + line(9, "buy", "DCA", "ETHUSDT"), encoding="utf-8")
    tail = TradeTail(path, "USDT")
    tail.poll()
    assert tail.window("BTC", at(9)) == ((at(3), at(4)), at(2))
    assert tail.window("BTC", at(3)) == ((at(3),), at(2))
    assert tail.window("BTC", at(1)) == ((at(1),), None)
    assert tail.window("ETH", at(9)) == ((at(9),), None)
    assert tail.traded_after("BTC", at(3))
    assert not tail.traded_after("BTC", at(4))


def test_a_trade_of_the_first_day_there_ever_was_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    path.write_text(
        json.dumps({"ts": -62135596800.0, "side": "buy", "symbol": "BTCUSDT"}) + "\n", encoding="utf-8"
    )
    assert len(TradeTail(path, "USDT").poll()) == 1


def test_what_no_window_can_count_is_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "trade_history.jsonl"
    path.write_text(line(1, "buy", "DCA") + line(3 * 86400, "buy", "DCA"), encoding="utf-8")
    tail = TradeTail(path, "USDT")
    assert len(tail.poll()) == 2
    assert tail.window("BTC", at(4 * 86400)) == ((at(3 * 86400),), None)
