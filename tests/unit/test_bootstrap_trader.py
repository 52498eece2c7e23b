"""The wiring of the trader: what it believes and what it stores, whatever else fails."""

import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.bootstrap_trader import TraderSetup, changes, commands_of, late_s, oldest_quote_s
from powertrader.core.clock import ManualClock
from powertrader.core.command_box import new_command
from powertrader.core.config import TradingConfig
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.config_sections import TraderSection
from powertrader.core.exported_ledger import ExportedLedger
from powertrader.core.mailbox import HEARTBEAT, THINKER, Mailbox
from powertrader.core.original_exports import OriginalExports
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore
from powertrader.models.command import Wish
from powertrader.models.journal import JournalEvent, OrderAccepted, OrderClosed, OrderFilled, OrderIntended
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.status import Heartbeat, ThinkerReport
from powertrader.persistence.ledger_file import open_ledger
from powertrader.trader.desk import Patience
from powertrader.trader.outlets import Identity

pytestmark = pytest.mark.money

NOW = datetime(2024, 1, 1, tzinfo=UTC)
PATIENCE_S = 10.0


def purchase() -> list[JournalEvent]:
    one = Decimal(1)
    intent = OrderIntent("b", "BTC", "BTCUSDT", Side.BUY, one, "1.0", "entry", 100.0, None, None, "", NOW)
    return [
        OrderIntended(intent, None, NOW),
        OrderAccepted("b", "7", NOW),
        OrderFilled("b", one, Decimal(100), None, None, NOW),
        OrderClosed("b", OrderState.FILLED, None, NOW),
    ]


def test_what_is_stored_counts_as_stored_though_the_files_for_old_tools_lead_out_of_the_folder(
    tmp_path: Path,
) -> None:
    home = HomePaths(tmp_path / "home")
    store = FileStore(home.data)
    with open_ledger(home.ledger("paper", "default"), store) as ledger:
        exports = OriginalExports(home, store)
        exports.start(ledger)
        home.trade_history.parent.mkdir(parents=True, exist_ok=True)
        home.trade_history.unlink(missing_ok=True)
        home.trade_history.symlink_to(tmp_path / "elsewhere.jsonl")
        journal = ExportedLedger(ledger, exports)
        for event in purchase():
            journal.append(event)
        assert len(ledger) == 4
        assert journal.book().position("BTC").quantity == 1


@pytest.mark.parametrize("step_s,most_s", [(1.0, 0.5), (3600.0, 2.0)])
def test_prices_are_fresh_however_rare_the_steps_are(step_s: float, most_s: float) -> None:
    assert oldest_quote_s(TradingConfig(trader=TraderSection(step_s=step_s))) == most_s


def test_an_order_is_not_believed_lost_while_the_venue_would_still_take_it() -> None:
    config = TradingConfig(exchange=ExchangeSection(recv_window_ms=60_000))
    assert Patience.of(config.trader, real=True, late_s=late_s(config)).unseen_s == 60.0
    local = TradingConfig(
        trader=TraderSection(unseen_s=0.1), exchange=ExchangeSection(url="http://127.0.0.1:8787")
    )
    assert Patience.of(local.trader, real=True, late_s=late_s(local)).unseen_s == 0.1


class Woken:
    """Counts how often it is called, and waits for that."""

    def __init__(self) -> None:
        self._calls = threading.Semaphore(0)

    def __call__(self) -> None:
        self._calls.release()

    def within(self, seconds: float) -> bool:
        """Tell whether it is called within so many seconds."""
        return self._calls.acquire(timeout=seconds)


def test_signals_that_changed_and_wishes_wake_the_trader_and_nothing_else_does(tmp_path: Path) -> None:
    paths, hinted, woken, wall = HomePaths(tmp_path), Woken(), Woken(), ManualClock(NOW)
    setup = TraderSetup(TradingConfig(), paths, Redactor(), wall)
    identity = Identity("paper", "default", "USDT")
    mailbox, box = Mailbox(FileStore(paths.data), paths), commands_of(paths, identity)
    with changes(setup, identity, hinted, woken):
        mailbox.publish(paths.heartbeat("thinker"), HEARTBEAT, Heartbeat("thinker", 1, "", NOW, NOW))
        assert not hinted.within(0.3)
        mailbox.publish(
            paths.thinker_report, THINKER, ThinkerReport(NOW, NOW, NOW, "", ("BTC",), ("BTC",), ())
        )
        assert hinted.within(PATIENCE_S)
        assert not woken.within(0)
        box.post(new_command(Wish.PAUSE, None, "", NOW))
        assert woken.within(PATIENCE_S)
        while woken.within(0.3):
            pass
        assert box.take()
        assert not woken.within(0.3)
