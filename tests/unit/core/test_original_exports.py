"""OriginalExports: the original's files follow the ledger, each trade in them once, whatever was killed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import cast

import pytest

from powertrader.core.ledger import MemoryLedger
from powertrader.core.original_exports import OriginalExports
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    OrderRefused,
    OriginalTradesImported,
    QuoteBooked,
)
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.status import TraderStatus

pytestmark = pytest.mark.money

NOW = datetime(2024, 1, 1, tzinfo=UTC)


def order(name: str, side: Side, quantity: str, value: str, fee: str = "0") -> list[JournalEvent]:
    reason = "entry" if side is Side.BUY else "trailing_exit"
    amount = Decimal(quantity)
    intent = OrderIntent(name, "BTC", "BTCUSDT", side, amount, quantity, reason, 110.0, 100.0, 9.0, "", NOW)
    return [
        OrderIntended(intent, None, NOW),
        OrderAccepted(name, f"id-{name}", NOW),
        OrderFilled(name, amount, Decimal(value), Decimal(fee), "USDT", NOW),
        OrderClosed(name, OrderState.FILLED, None, NOW),
    ]


STORY: list[JournalEvent] = [
    QuoteBooked("USDT", Decimal(1000), NOW),
    *order("b", Side.BUY, "2", "200", "1"),
    *order("s", Side.SELL, "0.5", "60", "0.5"),
    *order("t", Side.SELL, "0.5", "70", "0"),
]


def status(seconds: int, total: float) -> TraderStatus:
    return TraderStatus(NOW + timedelta(seconds=seconds), total, 0.0, 0.0, 0.0, 0.0, 5.0, 2.5, 0.5, ())


@pytest.fixture
def home(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


def history(home: HomePaths) -> list[dict[str, object]]:
    lines = home.trade_history.read_text(encoding="utf-8").splitlines()
    return [cast("dict[str, object]", json.loads(line)) for line in lines]


def ledger_file(home: HomePaths) -> dict[str, object]:
    return cast("dict[str, object]", json.loads(home.pnl_ledger.read_text(encoding="utf-8")))


def started(home: HomePaths, events: list[JournalEvent], name: str = "paper-default") -> OriginalExports:
    exports = OriginalExports(home, FileStore(), name)
    exports.start(MemoryLedger(events))
    return exports


def test_without_an_answer_about_cash_fills_and_their_fees_give_the_amounts(home: HomePaths) -> None:
    started(home, STORY)
    bought, sold, _ = history(home)
    assert (bought["buying_power_before"], bought["buying_power_after"]) == (1000.0, 799.0)
    assert bought["buying_power_delta"] == -201.0
    assert (sold["buying_power_delta"], sold["realized_profit_usd"]) == (59.5, 9.25)
    assert bought["order_id"] == "id-b"


def test_the_books_follow_and_pending_orders_are_in_them(home: HomePaths) -> None:
    exports = started(home, STORY[:3])
    assert list(cast("dict[str, object]", ledger_file(home)["pending_orders"])) == ["id-b"]
    for event in STORY[3:9]:
        exports.apply(event)
    exports.publish(None)
    found = ledger_file(home)
    assert (found["pending_orders"], found["total_realized_profit_usd"]) == ({}, 9.25)


@pytest.mark.parametrize("killed_after", range(len(STORY) + 1))
def test_a_kill_at_any_event_leaves_every_trade_in_the_history_once(
    home: HomePaths, killed_after: int
) -> None:
    exports = started(home, STORY[:2])
    for event in STORY[2:killed_after]:
        exports.apply(event)
    started(home, STORY)
    started(home, STORY)
    assert [line["order_id"] for line in history(home)] == ["id-b", "id-s", "id-t"]
    assert ledger_file(home)["total_realized_profit_usd"] == 29.0


def test_a_line_that_was_torn_by_a_kill_is_written_again(home: HomePaths) -> None:
    exports = started(home, STORY[:4])
    exports.apply(STORY[4])
    whole = home.trade_history.read_bytes()
    home.trade_history.write_bytes(whole[:50])
    started(home, STORY[:5])
    assert home.trade_history.read_bytes() == whole


@pytest.mark.parametrize("taken", ["trade_history", "original_exports"])
def test_files_that_were_taken_away_are_made_anew(home: HomePaths, taken: str) -> None:
    started(home, STORY)
    cast("Path", getattr(home, taken)).unlink()
    started(home, STORY)
    assert [line["order_id"] for line in history(home)] == ["id-b", "id-s", "id-t"]
    assert ledger_file(home)["total_realized_profit_usd"] == 29.0


@pytest.mark.parametrize("content", ["{", '{"schema": 1, "ledger": "paper-default", "events": 3}', "[]"])
def test_a_damaged_state_means_a_new_beginning(home: HomePaths, content: str) -> None:
    started(home, STORY)
    home.original_exports.write_text(content, encoding="utf-8")
    started(home, STORY)
    assert len(history(home)) == 3


@pytest.mark.parametrize("count", ["Infinity", "-1", "true", '"3"', "1e400", "2.5"])
@pytest.mark.parametrize("name", ["events", "history_bytes"])
def test_a_state_with_an_impossible_count_means_a_new_beginning(
    home: HomePaths, name: str, count: str
) -> None:
    started(home, STORY)
    found = json.loads(home.original_exports.read_bytes())
    found[name] = "here"
    home.original_exports.write_text(json.dumps(found).replace('"here"', count), encoding="utf-8")
    started(home, STORY)
    assert [line["order_id"] for line in history(home)] == ["id-b", "id-s", "id-t"]
    assert ledger_file(home)["total_realized_profit_usd"] == 29.0


def test_a_start_reads_only_what_is_new(home: HomePaths) -> None:
    class Counting(MemoryLedger):
        first = -1

        def events(self, first: int = 0) -> Iterator[JournalEvent]:
            self.first = first
            return super().events(first)

    started(home, STORY[:9]).publish(None)
    ledger = Counting(STORY)
    OriginalExports(home, FileStore(), "paper-default").start(ledger)
    assert ledger.first == 8  # the last one that is known shows that it is the same ledger
    assert len(history(home)) == 3


def test_imported_lines_are_not_written_twice_and_missing_ones_are(home: HomePaths) -> None:
    old = json.dumps({"ts": 5, "side": "buy", "order_id": "x", "symbol": "BTC_USDT"}) + "\n"
    home.hub_data.mkdir(parents=True)
    home.trade_history.write_text(old, encoding="utf-8")
    more = old + old.replace('"x"', '"y"')
    started(home, [OriginalTradesImported(more, NOW), *STORY])
    assert [line["order_id"] for line in history(home)] == ["x", "y", "id-b", "id-s", "id-t"]


def test_the_value_is_noted_when_it_changed_and_at_most_once_a_minute(home: HomePaths) -> None:
    exports = started(home, [])
    for seconds, total in ((0, 10.0), (30, 11.0), (60, 11.0), (120, 11.0), (190, 12.0)):
        exports.publish(status(seconds, total))
    started(home, []).publish(status(200, 13.0))
    lines = home.account_value_history.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["total_account_value"] for line in lines] == [10.0, 11.0, 12.0]
    assert (
        json.loads(home.trader_status.read_text(encoding="utf-8"))["account"]["total_account_value"] == 13.0
    )


def test_the_values_of_a_month_that_is_over_are_put_aside_and_those_of_the_next_begin_anew(
    home: HomePaths,
) -> None:
    exports = started(home, [])
    month_s = 31 * 86400
    for seconds, total in ((0, 10.0), (120, 11.0), (month_s, 12.0), (60, 13.0), (2 * month_s, 14.0)):
        exports.publish(status(seconds, total))
    kept = [*home.account_value_months(), home.account_value_history]
    found = [
        [json.loads(line)["total_account_value"] for line in path.read_text(encoding="utf-8").splitlines()]
        for path in kept
    ]
    assert len(kept) == 2
    # a clock that was set back made a month twice: its file goes on until the month after
    assert found == [[10.0, 11.0], [12.0, 13.0, 14.0]]


def test_the_values_of_two_ledgers_are_told_apart_also_when_they_are_the_same(home: HomePaths) -> None:
    started(home, [], "paper-default").publish(status(0, 10.0))
    started(home, [], "live-abc").publish(status(10, 10.0))
    started(home, [], "live-abc").publish(status(120, 10.0))
    lines = home.account_value_history.read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["ledger"] for line in lines] == ["paper-default", "live-abc"]


def test_a_new_process_puts_the_last_months_values_aside_as_well(home: HomePaths) -> None:
    started(home, []).publish(status(0, 10.0))
    started(home, []).publish(status(31 * 86400, 11.0))
    (month,) = home.account_value_months()
    assert month.name == f"account_value_history-{NOW:%Y-%m}.jsonl"
    assert len(home.account_value_history.read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]\n",
        "{}\n",
        "x\n{}\n",
        f'{{"ts": 1{"0" * 400}, "total_account_value": 1}}\n',
        f'{{"ts": {NOW.timestamp() + 60}, "total_account_value": 1{"0" * 400}}}\n',
        '{"ts": Infinity, "total_account_value": 1}\n',
    ],
)
def test_an_unreadable_value_history_is_only_appended_to(home: HomePaths, content: str) -> None:
    home.hub_data.mkdir(parents=True)
    home.account_value_history.write_text(content, encoding="utf-8")
    started(home, []).publish(status(0, 10.0))
    text = home.account_value_history.read_text(encoding="utf-8")
    assert text.startswith(content)
    assert json.loads(text[len(content) :])["total_account_value"] == 10.0


def test_exports_begin_anew_when_a_shorter_ledger_stands_in_the_place_of_theirs(home: HomePaths) -> None:
    store = FileStore(home.data)
    before = OriginalExports(home, store, "paper-default")
    stored = MemoryLedger()
    stored.append_all(STORY)
    before.start(stored)
    fresh = MemoryLedger()
    fresh.append_all(order("n", Side.BUY, "3", "300")[:1])
    after = OriginalExports(home, store, "paper-default")
    after.start(fresh)
    for event in order("n", Side.BUY, "3", "300")[1:]:
        after.apply(event)
    after.publish(None)
    assert ledger_file(home)["open_positions"] == {"BTC": {"usd_cost": 300.0, "qty": 3.0}}
    assert history(home)[-1]["qty"] == 3.0


def test_events_of_an_order_that_the_exports_never_saw_stop_nothing(home: HomePaths) -> None:
    exports = OriginalExports(home, FileStore(home.data))
    exports.start(MemoryLedger())
    for event in order("b", Side.BUY, "2", "200")[1:]:
        exports.apply(event)
    exports.publish(None)
    assert ledger_file(home)["open_positions"] == {}


def test_an_order_that_was_given_up_does_not_stay_pending(home: HomePaths) -> None:
    exports = OriginalExports(home, FileStore(home.data))
    exports.start(MemoryLedger())
    for event in [*order("b", Side.BUY, "2", "200")[:2], OrderRefused("b", "given up", NOW)]:
        exports.apply(event)
    exports.publish(None)
    assert ledger_file(home)["pending_orders"] == {}
