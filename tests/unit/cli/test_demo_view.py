"""What a demo shows, as text."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from powertrader.cli.demo_exchange import DemoMarket
from powertrader.cli.demo_home import closed_environment
from powertrader.cli.demo_summary import DemoSummary, summary_of
from powertrader.cli.demo_view import DemoView, show_summary
from powertrader.cli.demo_watch import DemoRecord
from powertrader.cli.demo_words import coin_lines, trade_text
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_stop import Ending
from powertrader.core.snapshot import read_snapshot
from powertrader.core.storage import FileStore
from powertrader.models.order import Side
from powertrader.models.process import ProcessRecord, WorkerState
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, Snapshot, TrainingView
from powertrader.models.trade import Trade
from tests.unit.cli.demo_story import HELD, NOON, RESTING, order, report, signal

MARKET = DemoMarket(("BTC", "ETH"), 7, NOON, 14_400)
TRAINED = TrainingView("FINISHED", NOON, timedelta(days=3).total_seconds())
BTC = CoinView("BTC", TRAINED, signal("BTC", 3), "", "trailing", HELD)
ETH = CoinView("ETH", TrainingView("TRAINING", progress_pct=40.0), None, "", "no_signal", RESTING)
RUNNING = ProcessView("trader", ProcessState.RUNNING, 7)
NOWHERE = HomePaths(Path(__file__).with_name("nowhere"))
NOTHING = read_snapshot(NOWHERE, Mailbox(FileStore(), NOWHERE), (), NOON)
STANDING = replace(
    NOTHING, market_at=NOON, processes=(RUNNING,), coins=(BTC, ETH), trader=report(HELD, RESTING)
)


def traded() -> DemoRecord:
    """Give the record of many purchases and sales."""
    record = DemoRecord()
    for number in range(20):
        for event in order(2 * number, "BTC", Side.BUY, "entry", "20000"):
            record.book.apply(event)
        for event in order(2 * number + 1, "BTC", Side.SELL, "trailing_exit", "20500"):
            record.book.apply(event)
    return record


def shown(record: DemoRecord, *snapshots: Snapshot, live: bool = False, width: int = 80) -> str:
    out = StringIO()
    console = Console(file=out, force_terminal=live, width=width, height=24, highlight=False)
    view = DemoView(console, MARKET, 60, record)
    with view.shown(live=live):
        for number, snapshot in enumerate(snapshots):
            view.show(snapshot, "running", float(number))
    return out.getvalue()


def test_a_held_coin_says_its_levels_its_worth_and_when_it_is_sold() -> None:
    head, held, why = coin_lines(BTC)
    assert head == "BTC       40,000.00   LONG ███···· 3   SHORT ······· 0, trained 3 d ago"
    assert held.strip() == "holds 399.90, +5.20 %, 2 further buys, sells below 39,800.00"
    assert why.strip() == "the trailing line follows the price"


@pytest.mark.parametrize(
    "training, waiting, told",
    [
        (ETH.training, "not trained yet; train this coin", "learns price patterns, 40 %"),
        (TrainingView("TRAINING"), "", "learns price patterns"),
        (TRAINED, "no 1hour candle: no answer", "no 1hour candle: no answer"),
        (TRAINED, "", "no signal yet"),
    ],
)
def test_a_coin_without_a_signal_says_what_it_waits_for(
    training: TrainingView, waiting: str, told: str
) -> None:
    (line,) = coin_lines(replace(ETH, training=training, waiting=waiting))
    assert line == f"ETH        2,500.00   {told}"


@pytest.mark.parametrize(
    "side, reason, end",
    [
        (Side.BUY, "entry", "BTC bought: 400.00 USDT at 40,000.00"),
        (Side.BUY, "dca_hard_2", "BTC bought at DCA stage 2, by its percent: 400.00 USDT at 40,000.00"),
        (Side.SELL, "trailing_exit", "BTC sold below the trailing line at 40,000.00, profit -1.50 USDT"),
    ],
)
def test_a_trade_is_one_line_that_fits_a_terminal(side: Side, reason: str, end: str) -> None:
    profit = Decimal("-1.5") if side is Side.SELL else None
    trade = Trade("BTC", side, 40_000.0, Decimal("0.01"), Decimal(400), reason, NOON, realized_profit=profit)
    line = trade_text(trade, "USDT")
    assert line == f"06-08 12:00  {end}"
    assert len(line) <= 80


def pictured(record: DemoRecord, snapshot: Snapshot, height: int = 24) -> str:
    out = StringIO()
    console = Console(file=out, width=80, height=height, highlight=False)
    console.print(DemoView(console, MARKET, 60, record).picture(snapshot, "running", 12.0))
    return out.getvalue()


def test_the_picture_says_that_nothing_is_real_and_how_the_money_stands() -> None:
    lines = pictured(traded(), STANDING).splitlines()
    assert lines[0] == "PAPER, made-up prices   market time 2025-06-08 12:00   12 of 60 s"
    assert lines[1] == "Account 10,012.50 USDT, realised +10,000.00; purchases 20, sales 20"
    assert lines[-1] == "06-10 03:00  BTC sold below the trailing line at 41,000.00, profit +500.00 USDT"


@pytest.mark.parametrize("height", [24, 10, 5])
def test_the_picture_fits_the_terminal(height: int) -> None:
    lines = pictured(traded(), STANDING, height).splitlines()
    assert len(lines) < height
    assert max(map(len, lines)) <= 80


def test_a_terminal_shows_the_picture_below_the_words_that_nothing_is_real() -> None:
    picture = shown(traded(), STANDING, live=True)
    assert picture.index("no money, no keys, no network") < picture.index("PAPER, made-up prices")


def test_lines_tell_what_is_new_once() -> None:
    record = traded()
    record.patterns["BTC"] = 2_500
    record.signals["BTC"] = signal("BTC", 3)
    lines = shown(record, STANDING, STANDING).splitlines()
    assert sum("BTC trained: 2,500 patterns" in line for line in lines) == 1
    assert sum("BTC has signals now: LONG" in line for line in lines) == 1
    assert sum("sold below the trailing line" in line for line in lines) == 20
    assert sum("exchange running, trader running" in line for line in lines) == 1


def test_a_crash_is_told_with_what_the_process_said() -> None:
    ended = ProcessRecord("trader", WorkerState.CRASHED, None, "", NOON, NOON, 1, 0, 1, ("out of luck",))
    crashed = replace(STANDING, processes=(ProcessView("trader", ProcessState.CRASHED, record=ended),))
    for live in (True, False):
        assert "trader crashed: out of luck (exit code 1)" in shown(DemoRecord(), crashed, live=live)


def summary(record: DemoRecord, endings: dict[str, Ending] | None = None) -> DemoSummary:
    return summary_of(MARKET, record, STANDING, 61.23, endings or {})


def test_the_summary_counts_what_the_ledger_and_the_files_say() -> None:
    record = traded()
    record.patterns, record.orders, record.signals_seen = {"BTC": 5, "ETH": 6}, 41, 9
    record.seconds_to_first_trade = 17.26
    told = summary(record).as_json()
    assert told["coins_trained"] == 2
    assert (told["signals"], told["orders"], told["trades_completed"]) == (9, 41, 20)
    assert (told["seconds_to_first_trade"], told["seconds"]) == (17.3, 61.2)
    assert told["final_equity"] == 10_012.5
    assert summary(record).complete


@pytest.mark.parametrize(
    "patterns, trades, missing",
    [
        ({"BTC": 5}, True, "Only 1 of 2 coins were trained in time"),
        ({"BTC": 5, "ETH": 0}, True, "Only 1 of 2 coins were trained in time"),
        ({"BTC": 5, "ETH": 6}, False, "No coin was bought and sold again in time"),
    ],
)
def test_an_incomplete_demo_says_what_is_missing(
    patterns: dict[str, int], missing: str, *, trades: bool
) -> None:
    record = traded() if trades else DemoRecord()
    record.patterns = patterns
    found = summary(record)
    assert not found.complete
    out = StringIO()
    show_summary(Console(file=out, width=80), found)
    assert missing in out.getvalue()


def test_a_process_that_had_to_be_killed_is_named() -> None:
    endings = {"thinker": Ending.KILLED, "trader": Ending.ASKED}
    assert summary(traded(), endings).not_stopped == ("thinker",)


def test_keys_settings_and_proxies_of_the_user_do_not_reach_the_demo(tmp_path: Path) -> None:
    around = {"BINANCE_API_KEY": "k", "PT__TRADING__MODE": "live", "https_proxy": "p", "PATH": "/bin"}
    found = closed_environment(HomePaths(tmp_path), around)
    assert found == {"PATH": "/bin", "PT_HOME": str(tmp_path)}
