"""Original folders as users have them: laid out otherwise, written by other editors, damaged."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.core.memory_files import load_memory, read_texts
from powertrader.core.original_folder import find_original
from powertrader.core.original_format import parse_memory
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.migration.memories import CoinFound, read_coin
from powertrader.migration.report import report_lines
from powertrader.migration.run import Wanted, migrate
from powertrader.migration.settings import Verdict, read_original_settings
from powertrader.migration.survey import Survey, survey
from powertrader.models.timeframe import TIMEFRAMES
from tests.original_install import SETTINGS, TRADES, book_files, learnt_files, write, write_install

HOUR = TIMEFRAMES[0]
NOW = datetime(2026, 1, 5, tzinfo=UTC)


def looked_at(folder: Path) -> Survey:
    return survey(folder, HomePaths(folder.parent / "home"), Redactor())


def imported(folder: Path) -> HomePaths:
    home = HomePaths(folder.parent / "home")
    migrate(Wanted(folder), home, NOW)
    return home


def coin_of(folder: Path, coin: str) -> CoinFound:
    return next(one for one in looked_at(folder).coins if one.coin == coin)


def only_problem(folder: Path) -> str:
    (problem,) = looked_at(folder).problems
    return problem


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_install(tmp_path / "original")


def test_memories_may_lie_in_a_main_folder_elsewhere(tmp_path: Path) -> None:
    root, main = tmp_path / "original", tmp_path / "neural files"
    for name, text in learnt_files().items():
        write(main / name, text)
    for place in (str(main), "../neural files"):
        write(root / "gui_settings.json", json.dumps({**SETTINGS, "main_neural_dir": place}))
        found = looked_at(root)
        assert found.original.main == main
        assert [coin.coin for coin in found.coins] == ["BTC", "ETH"]


def test_books_may_lie_in_a_folder_elsewhere(tmp_path: Path, folder: Path) -> None:
    (folder / "hub_data").rename(tmp_path / "hub elsewhere")
    write(
        folder / "gui_settings.json",
        json.dumps({**SETTINGS, "hub_data_dir": str(tmp_path / "hub elsewhere")}),
    )
    assert looked_at(folder).books.trades.count == TRADES


def test_a_folder_of_another_computer_in_the_settings_is_told_and_the_own_one_is_read(folder: Path) -> None:
    write(folder / "gui_settings.json", json.dumps({**SETTINGS, "main_neural_dir": "D:\\PowerTrader_AI"}))
    found = looked_at(folder)
    assert "D:\\PowerTrader_AI, which is no folder here" in found.original.notes[0]
    assert len(found.coins) == 2


def test_a_folder_without_books_or_settings_is_one_with_memories(tmp_path: Path) -> None:
    root = tmp_path / "original"
    for name, text in learnt_files().items():
        write(root / name, text)
    found = looked_at(root)
    assert [coin.coin for coin in found.coins] == ["BTC", "ETH"]
    assert found.problems == ("gui_settings.json is missing: the defaults are in force here",)
    assert found.books.items == ()
    assert not found.was_live


def test_a_folder_with_books_alone_is_imported(tmp_path: Path) -> None:
    root = tmp_path / "original"
    for name, text in book_files().items():
        write(root / name, text)
    assert looked_at(root).was_live
    assert len(imported(root).trade_history.read_text().splitlines()) == TRADES


def test_btc_in_a_subfolder_of_its_own_is_found(tmp_path: Path) -> None:
    root = tmp_path / "original"
    for name, text in learnt_files().items():
        write(root / (name if "/" in name else f"BTC/{name}"), text)
    write(root / "gui_settings.json", json.dumps(SETTINGS))
    assert coin_of(root, "BTC").folder == root / "BTC"
    assert load_memory(FileStore(), imported(root).coin("BTC"), HOUR) is not None


def test_a_coin_that_the_settings_do_not_list_is_imported_and_told(folder: Path) -> None:
    write(folder / "gui_settings.json", json.dumps({**SETTINGS, "coins": ["BTC", "SOL"]}))
    done = migrate(Wanted(folder, dry_run=True), HomePaths(folder.parent / "home"), NOW)
    lines = report_lines(done, Wanted(folder), NOW)
    assert "Not in the list of coins, imported all the same: ETH" in lines
    assert "In the list of coins and not trained: SOL" in lines


def test_windows_line_ends_and_a_mark_before_the_text_change_nothing(folder: Path) -> None:
    plain = imported(folder)
    odd = folder.parent / "odd"
    for path in [one for one in folder.rglob("*") if one.is_file()]:
        content = path.read_bytes().replace(b"\n", b"\r\n")
        mark = b"\xef\xbb\xbf" if path.name == "gui_settings.json" else b""
        ends = b"\r\n" if "threshold" in path.name or "time" in path.name else b""
        target = odd / path.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(mark + content + ends)
    other = HomePaths(folder.parent / "other home")
    done = migrate(Wanted(odd), other, NOW)
    assert done.problems == ()
    for item in done.found.items:
        if item.target.suffix != ".py" and "manifest" not in item.target.name:
            same = plain.root / item.target.relative_to(other.root)
            assert item.content == same.read_bytes(), item.name


def test_a_line_end_that_an_editor_added_to_a_memory_does_no_harm(folder: Path) -> None:
    before = coin_of(folder, "BTC").timeframes[0]
    path = folder / "memories_1hour.txt"
    path.write_bytes(path.read_bytes() + b"\r\n")
    after = coin_of(folder, "BTC").timeframes[0]
    assert (after.patterns, after.unreadable, after.problems) == (before.patterns, 0, ())


def test_a_damaged_pattern_is_told_and_the_rest_is_imported(folder: Path) -> None:
    path = folder / "ETH" / "memories_4hour.txt"
    entries = path.read_text().split("~")
    path.write_text("~".join(["x" + entries[0], *entries[1:]]))
    assert "ETH: memories_4hour.txt: 1 of 40 patterns" in only_problem(folder)
    memory = load_memory(FileStore(), imported(folder).coin("ETH"), TIMEFRAMES[2])
    assert memory is not None
    assert len(memory) == len(entries)


def test_a_memory_that_was_cut_off_is_told(folder: Path) -> None:
    path = folder / "memories_1day.txt"
    path.write_text("~".join(path.read_text().split("~")[:30]))
    problems = looked_at(folder).problems
    assert len(problems) == 3
    assert all("40 weights for 30 patterns: one of the two files was cut off" in one for one in problems)
    assert coin_of(folder, "BTC").timeframes[5].item is not None


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "is empty"),
        (b"\x00" * 4096, "holds no pattern at all"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "holds no pattern at all"),
        (b"<html>moved</html>", "holds no pattern at all"),
    ],
)
def test_a_foreign_file_in_the_place_of_a_memory_is_left_out_and_told(
    folder: Path, content: bytes, words: str
) -> None:
    (folder / "memories_2hour.txt").write_bytes(content)
    problem = only_problem(folder)
    assert words in problem
    assert problem.startswith("BTC: memories_2hour.txt")
    home = imported(folder)
    assert not home.coin("BTC").pattern_memory(TIMEFRAMES[1]).exists()
    assert home.coin("BTC").pattern_memory(HOUR).exists()


@pytest.mark.parametrize("missing", ["memories", "memory_weights_high", "neural_perfect_threshold"])
def test_a_missing_file_of_a_timeframe_is_told_by_name(folder: Path, missing: str) -> None:
    (folder / "ETH" / f"{missing}_8hour.txt").unlink()
    assert f"{missing}_8hour.txt is missing" in only_problem(folder)


def test_what_is_imported_of_a_damaged_coin_is_what_the_original_would_read(folder: Path) -> None:
    (folder / "neural_perfect_threshold_1week.txt").write_text("sixty")
    (folder / "memory_weights_low_1week.txt").unlink()
    store = FileStore()
    source = parse_memory(read_texts(store, find_original(folder).coin("BTC"), TIMEFRAMES[6]))
    ours = load_memory(store, imported(folder).coin("BTC"), TIMEFRAMES[6])
    assert source is not None
    assert ours is not None
    assert source.readable_body is not None
    assert ours.readable_body is not None
    assert not source.readable_body.any()
    assert not ours.readable_body.any()
    assert ours.original_text == source.original_text


@pytest.mark.parametrize("stamp", ["", "soon", "-5", "nan", "1e400"])
def test_a_time_of_training_that_is_none_makes_the_coin_untrained(folder: Path, stamp: str) -> None:
    (folder / "trainer_last_training_time.txt").write_text(stamp)
    assert "no time: the coin counts as not trained" in only_problem(folder)
    assert not imported(folder).coin("BTC").trainer_last_training_time().exists()


def test_the_time_of_the_training_is_written_after_everything_it_stands_for(folder: Path) -> None:
    names = [item.target.name for item in coin_of(folder, "ETH").items]
    assert names[-1] == "trainer_last_training_time.txt"


def test_damaged_books_are_told_by_line_and_the_rest_is_imported(folder: Path) -> None:
    path = folder / "hub_data" / "trade_history.jsonl"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], "{half", *lines[1:], '{"ts": 17000']))
    (folder / "hub_data" / "pnl_ledger.json").write_text("{")
    found = looked_at(folder)
    assert found.problems == (
        f"trade_history.jsonl: 2 damaged lines left out (line 2, {TRADES + 2})",
        "pnl_ledger.json is damaged and left out",
    )
    assert imported(folder).trade_history.read_text().splitlines() == lines


def test_an_order_that_was_under_way_is_told(folder: Path) -> None:
    path = folder / "hub_data" / "pnl_ledger.json"
    books = json.loads(path.read_text())
    path.write_text(json.dumps({**books, "pending_orders": {"77": {"symbol": "BTCUSDT"}}}))
    done = migrate(Wanted(folder, dry_run=True), HomePaths(folder.parent / "home"), NOW)
    assert any("order 77 was under way" in line for line in report_lines(done, Wanted(folder), NOW))


def test_half_a_pair_of_keys_is_told_and_makes_no_ledger(folder: Path) -> None:
    (folder / "b_secret.txt").write_text(" \r\n")
    assert "one is missing or empty" in only_problem(folder)
    assert not list((imported(folder).data).glob("ledger/*"))


def settings_told(folder: Path, content: object) -> tuple[dict[str, object], dict[str, Verdict]]:
    write(folder / "gui_settings.json", json.dumps(content))
    found = read_original_settings(find_original(folder), folder.parent / "gui_settings.json")
    assert found.item is not None
    return json.loads(found.item.content), {one.key: one.verdict for one in found.told}


@pytest.mark.parametrize(
    "key, value, taken, verdict",
    [
        ("trailing_gap_pct", 0, 0.5, Verdict.CHANGED),
        ("trailing_gap_pct", "0.7%", 0.7, Verdict.CHANGED),
        ("pm_start_pct_no_dca", -3, 5.0, Verdict.CHANGED),
        ("trade_start_level", 9, 7, Verdict.CHANGED),
        ("trade_start_level", "4", 4, Verdict.CHANGED),
        ("dca_levels", [-2.5, "x", -5], [-2.5, -5.0], Verdict.CHANGED),
        ("max_dca_buys_per_24h", 3, 3, Verdict.TAKEN),
        ("start_allocation_pct", 0.5, 0.5, Verdict.TAKEN),
        ("candles_limit", 200, 200, Verdict.TAKEN),
        ("my_own_note", {"a": 1}, {"a": 1}, Verdict.UNKNOWN),
    ],
)
def test_a_setting_is_taken_as_the_original_had_it_in_force(
    folder: Path, key: str, value: object, taken: object, verdict: Verdict
) -> None:
    content, verdicts = settings_told(folder, {key: value})
    assert content[key] == taken
    assert verdicts[key] is verdict


@pytest.mark.parametrize(
    "key, value", [("start_allocation_pct", 250), ("dca_levels", [-2.5, 4]), ("candles_limit", -1)]
)
def test_a_setting_out_of_bounds_is_left_out_with_its_bounds(folder: Path, key: str, value: object) -> None:
    content, verdicts = settings_told(folder, {key: value})
    assert key not in content
    assert verdicts[key] is Verdict.UNUSABLE
    assert "must be" in only_problem(folder)
    assert key in only_problem(folder)


def test_coins_that_can_be_none_and_doubles_are_left_out_of_the_list(folder: Path) -> None:
    content, verdicts = settings_told(folder, {"coins": [" btc", "ETH", "BTC", "SOL-USD", "USDT"]})
    assert content["coins"] == ["BTC", "ETH"]
    assert verdicts["coins"] is Verdict.UNUSABLE
    assert "SOL-USD" in only_problem(folder)


@pytest.mark.parametrize("key", ["trading_mode", "compat", "trading.mode"])
def test_no_key_of_a_copy_of_the_original_can_switch_real_trading_on(folder: Path, key: str) -> None:
    content, verdicts = settings_told(folder, {key: "live"})
    assert content == {}
    assert verdicts[key] is Verdict.LEFT_OUT


@pytest.mark.parametrize("raw", [b"{", b"[1]", b"\xff\xfe\x00"])
def test_damaged_settings_are_told_and_the_rest_is_imported(folder: Path, raw: bytes) -> None:
    (folder / "gui_settings.json").write_bytes(raw)
    assert "gui_settings.json" in only_problem(folder)
    home = imported(folder)
    assert not home.gui_settings.exists()
    assert home.coin("ETH").pattern_memory(HOUR).exists()


def test_a_coin_is_read_into_the_files_of_the_same_coin_only(folder: Path, tmp_path: Path) -> None:
    found = read_coin(find_original(folder), "ETH", HomePaths(tmp_path / "home").coin("ETH"))
    assert {item.target.parent for item in found.items} == {tmp_path / "home" / "data" / "ETH"}
