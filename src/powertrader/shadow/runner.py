"""Shadow mode as steps: read what the original says, ask the market, compare, note what differs."""

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from powertrader.core.clock import Clock
from powertrader.core.exceptions import ConfigError, RetryLater
from powertrader.core.market_client import QuoteSource
from powertrader.core.original_folder import OriginalFolder
from powertrader.models.instrument import Instrument
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.shadow.decision_watch import Cause, DecisionWatch
from powertrader.shadow.diary import Counts, Diary
from powertrader.shadow.finding import Finding
from powertrader.shadow.install import SettingsReader, read_status
from powertrader.shadow.original_coins import OriginalCoins
from powertrader.shadow.our_thinker import CoinInputs, OurThinker
from powertrader.shadow.prices import SeenPrices
from powertrader.shadow.published import Published, read_published
from powertrader.shadow.signal_watch import SignalWatch
from powertrader.shadow.status import OriginalStatus
from powertrader.shadow.steps import Steps
from powertrader.shadow.timing import ShadowTiming
from powertrader.shadow.trades import TradeTail
from powertrader.shadow.trainings import OriginalTrainings
from powertrader.shadow.wish_book import WishBook
from powertrader.thinker.candle_feed import CandleFeed

PAIRS_EVERY_S: Final = 3600.0
SAVE_EVERY_S: Final = 10.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShadowPorts:
    """What a shadow run works with.

    follow keeps the market's time right. pairs gives the order rules of the venue by symbol, without a key.
    oldest_signal_s: our trader acts on no older one.
    """

    folder: OriginalFolder
    feed: CandleFeed
    quotes: QuoteSource
    pairs: Callable[[], Mapping[str, Instrument]]
    market: Clock
    follow: Callable[[], None]
    wall: Clock
    diary: Diary
    quote_asset: str
    oldest_signal_s: float


class ShadowRunner:
    """One sweep beside the original; the loop around it is core.loop's."""

    def __init__(self, ports: ShadowPorts, timing: ShadowTiming) -> None:
        """Bind the parts; nothing is read yet."""
        self._ports = ports
        self._timing = timing
        self._settings = SettingsReader(ports.folder.settings)
        self._trainings = OriginalTrainings(ports.folder)
        self._thinker = OurThinker(ports.feed, self._trainings, ports.market, ports.wall)
        self._prices = SeenPrices(timing.stale_s)
        self.signals = SignalWatch(timing, self._prices)
        self._trades = TradeTail(ports.folder.trade_history, ports.quote_asset)
        own = OriginalCoins(ports.folder, ports.wall)
        self._steps = Steps(self._trades, own)
        self._wishes = WishBook(timing)
        self.decisions = DecisionWatch(self._steps, self._wishes, own)
        self._publications: dict[CoinSymbol, tuple[Published, Published]] = {}
        self._inputs: dict[CoinSymbol, CoinInputs | str] = {}
        self._status: OriginalStatus | None = None
        self._pairs: dict[CoinSymbol, Instrument] = {}
        self._pairs_at_s = float("-inf")
        self._saved_at_s = float("-inf")
        self._trades.poll()
        self.sweeps = 0
        self.findings = 0

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins looked at: those the original lists, then those it holds besides."""
        held = () if self._status is None else [position.coin for position in self._status.held]
        return tuple(dict.fromkeys([*self._settings.settings.in_force.coins, *held]))

    @property
    def counts(self) -> Counts:
        """Everything counted so far, by name."""
        parts = {
            "signals": asdict(self.signals.counts),
            "decisions": asdict(self.decisions.counts),
            "trades": asdict(self._wishes.counts),
        }
        named = {f"{kind}_{name}": number for kind, part in parts.items() for name, number in part.items()}
        return {"sweeps": self.sweeps, "findings": self.findings, **named}

    @property
    def silence(self) -> str:
        """Say why the original's trader cannot be compared now, nothing when it can."""
        if self._status is None:
            return f"{self._ports.folder.trader_status} is not there: its trader tells nothing"
        if self._age_s(self._status) <= self._timing.stale_s:
            return ""
        return f"its trader has told nothing since {self._status.at:%Y-%m-%d %H:%M} UTC"

    def sweep(self) -> None:
        """Look once at everything.

        Raises RetryLater when the market gives no prices, StorageError when our diary cannot be written.
        """
        ports = self._ports
        ports.follow()
        now = ports.wall.now()
        if self._settings.refresh():
            log.info("the original's settings: %s", ", ".join(self._settings.settings.in_force.coins))
        status = self._status_now()
        coins = self.coins
        self._prices.take(now.timestamp(), ports.quotes.get_quotes(coins))
        ports.feed.begin_step()
        self.sweeps += 1
        for finding in self._findings(coins, status):
            self.findings += 1
            ports.diary.note(finding)
            log.warning(finding.sentence)
        ports.diary.count(self.counts, now)
        if not 0 <= now.timestamp() - self._saved_at_s < SAVE_EVERY_S:
            self.save()

    def save(self) -> None:
        """Write the counts. Raises StorageError."""
        now = self._ports.wall.now()
        self._ports.diary.save(now)
        self._saved_at_s = now.timestamp()

    def _findings(self, coins: tuple[CoinSymbol, ...], status: OriginalStatus | None) -> Iterator[Finding]:
        wall = self._ports.wall
        for coin in coins:
            try:
                paths = self._trainings.paths(coin)
            except ConfigError as error:
                self.signals.reasons[coin] = str(error)
                continue
            published = read_published(paths, wall)
            if published is not None:
                self._remember(coin, published)
            inputs = self._inputs[coin] = self._thinker.of(coin)
            yield from self.signals.look(coin, published, inputs, wall.now())
        self._wishes.take(self._trades.poll())
        if status is not None and self._age_s(status) <= self._timing.stale_s:
            yield from self._decisions(status)
        yield from self._wishes.settle(wall.now())

    def _age_s(self, status: OriginalStatus) -> float:
        return (self._ports.wall.now() - status.at).total_seconds()

    def _remember(self, coin: CoinSymbol, published: Published) -> None:
        known = self._publications.get(coin)
        if known is None or known[0] != published:
            before = published if known is None else known[0]
            self._publications[coin] = (published, before)

    def _status_now(self) -> OriginalStatus | None:
        """Give the original's status when it is a new one."""
        found = read_status(self._ports.folder, self._ports.wall)
        if found is None or (self._status is not None and found.at == self._status.at):
            return None
        self._status = found
        for position in found.positions:
            if position.quote is not None:
                self._prices.note(position.coin, found.at.timestamp(), position.quote.ask)
        return found

    def _decisions(self, status: OriginalStatus) -> Iterator[Finding]:
        theirs = {coin: pair[0].view for coin, pair in self._publications.items()}
        before = {coin: pair[1].view for coin, pair in self._publications.items()}
        ours, reasons = dict(theirs), {}
        for coin in self.coins:
            reason = self._reason(coin)
            view = None if reason is None else self._our_view(coin, status)
            if reason is not None and view is not None:
                ours[coin], reasons[coin] = view, reason
        pairs = self._pairs_now()
        pair = self._steps.of(status, self._settings.settings, (theirs, ours), pairs)
        yield from self.decisions.look(pair, before, pairs, reasons)

    def _reason(self, coin: CoinSymbol) -> Cause | None:
        """Give why our signal of a coin is another one than the original's, None when it is the same."""
        causes = self.signals.causes(coin)
        if self.signals.differs(coin):
            return Cause(None, "our signal is another one")
        if causes is not None:
            return Cause(", ".join(causes) or None, "with compat=safe our signal is another one")
        published = self._publications.get(coin)
        if published is None:
            return Cause(None, "the original reads no signal")
        age_s = self._ports.wall.now().timestamp() - published[0].written_s
        if age_s > self._ports.oldest_signal_s:
            return Cause(None, f"the original acts on a signal that is {age_s:.0f} s old")
        return None

    def _our_view(self, coin: CoinSymbol, status: OriginalStatus) -> SignalView | None:
        """Give what our thinker says at the original's own price, None when it cannot say anything."""
        inputs, position = self._inputs.get(coin), status.position(coin)
        if not isinstance(inputs, CoinInputs) or position is None or position.quote is None:
            return None
        safe = inputs.prospects.safe
        if inputs.untrained or safe.bounds is None:
            return SignalView(0, 0)
        levels = safe.at(position.quote.ask)
        return SignalView(levels.long, levels.short, safe.bounds.long_bounds)

    def _pairs_now(self) -> Mapping[CoinSymbol, Instrument]:
        """Give the order rules by coin, asked for once an hour; the last ones while nobody answers."""
        ports = self._ports
        now_s = ports.wall.now().timestamp()
        if not 0 <= now_s - self._pairs_at_s < PAIRS_EVERY_S:
            self._pairs_at_s = now_s
            try:
                found = ports.pairs().values()
            except RetryLater as error:
                log.warning("order rules not known", extra={"reason": str(error)})
            else:
                self._pairs = {each.symbol.removesuffix(ports.quote_asset): each for each in found}
        return self._pairs
