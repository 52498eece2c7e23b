"""A short life of two coins, as the workers of a demo would leave it in their files."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.journal import JournalEvent, OrderClosed, OrderFilled, OrderIntended
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.signal import Signal
from powertrader.models.status import PositionStatus, TraderReport, TraderStatus
from powertrader.persistence.ledger_file import open_ledger

NOON = datetime(2025, 6, 8, 12, tzinfo=UTC)
HELD = PositionStatus(
    "BTC", 40_000.0, 39_990.0, 2, 0.01, 38_000.0, 5.3, 5.2, 399.9, "-5.00%", 36_100.0, "HARD", 5.3,
    trail_active=True, trail_line=39_800.0,
)  # fmt: skip
RESTING = PositionStatus("ETH", 2_500.0, 2_499.0)


def order(number: int, coin: str, side: Side, reason: str, value: str) -> list[JournalEvent]:
    """Give the events of one order of 0.5 coins that was executed at once."""
    at, amount = NOON + timedelta(hours=number), Decimal("0.5")
    name = f"o{number}"
    intent = OrderIntent(name, coin, f"{coin}USDT", side, amount, "0.5", reason, 1.0, None, None, "", at)
    return [
        OrderIntended(intent, None, at),
        OrderFilled(name, amount, Decimal(value), None, None, at),
        OrderClosed(name, OrderState.FILLED, None, at),
    ]


def signal(coin: str, long: int, hour: int = 0) -> Signal:
    """Give a signal of an hour after noon."""
    return Signal(coin, long, 0, (), (), 1.0, 1.0, NOON + timedelta(hours=hour))


def report(*positions: PositionStatus, verdicts: tuple[tuple[str, str], ...] = ()) -> TraderReport:
    """Give what a trader tells of an account of 10,012.50."""
    status = TraderStatus(NOON, 10_012.5, 9_000.0, 1_000.0, 990.0, 10.0, 5.0, 2.5, 0.5, positions)
    money = (Decimal("12.5"), Decimal(0))
    return TraderReport("paper", "default", "USDT", NOON, NOON, status, "", verdicts, (), (), (), *money, 2)


def append(paths: HomePaths, *events: JournalEvent) -> None:
    """Store events as the trader does."""
    with open_ledger(paths.ledger("paper"), FileStore(paths.data)) as ledger:
        ledger.append_all(events)


def publish(paths: HomePaths, *messages: Signal | TraderReport) -> None:
    """Publish what thinker and trader tell."""
    mailbox = Mailbox(FileStore(paths.data), paths)
    for message in messages:
        if isinstance(message, Signal):
            mailbox.publish_signal(message)
        else:
            mailbox.publish(paths.trader_report("paper"), TRADER, message)
