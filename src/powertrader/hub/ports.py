"""What the window needs of the world around it; the command line puts it together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from powertrader.core.clock import Clock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_launch import powertrader_command
from powertrader.core.storage import FileStore
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.models.candle import Candles
from powertrader.models.events import Event
from powertrader.models.types import CoinSymbol


class CandlesPort(Protocol):
    """Candles for charts. To be called in the background: it may ask the venue."""

    def __call__(
        self, coin: CoinSymbol, timeframe: str, count: int, before: datetime | None = None
    ) -> Candles:
        """Give the newest closed candles, or those that closed until a time, oldest first.

        Asks the venue only when a candle has closed since it was asked last. Raises PowerTraderError.
        """
        ...


class LedgerPort(Protocol):
    """The trades of ledgers, read beside their writers (hub.ledger_feed)."""

    def read(self, whose: LedgerName) -> TradesView | None:
        """Give all finished trades of a ledger when something is new since the last call, or whose is.

        Of a long ledger a call reads a part: then the view is not complete. Raises PowerTraderError.
        """
        ...


@dataclass(frozen=True, slots=True)
class HubPorts:
    """What the window works with.

    options: those of this window (--home, --config, --set), for every program that it starts. redact
    takes secrets out of a text. open_place opens a folder or an address with what the computer has
    for it. notify shows a title and a text on the desktop. candles and ledger are None in a window
    that shows made-up views. publish tells others what the window notices of workers, from any thread;
    program gives the command line of a worker with arguments.
    """

    paths: HomePaths
    mailbox: Mailbox
    store: FileStore
    wall: Clock
    sources: ConfigSources
    options: tuple[str, ...] = ()
    redact: Callable[[str], str] = str
    open_place: Callable[[str], None] = lambda _: None
    notify: Callable[[str, str], None] = lambda _title, _text: None
    candles: CandlesPort | None = None
    ledger: LedgerPort | None = None
    publish: Callable[[Event], None] = lambda _: None
    program: Callable[[str, Sequence[str]], tuple[str, ...]] = powertrader_command
