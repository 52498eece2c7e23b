"""Matches what the original's rules ask for with what its trader did, within a tolerance of time."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from powertrader.core.verdicts import words_for
from powertrader.models.decision import ActionKind
from powertrader.models.types import CoinSymbol
from powertrader.shadow.finding import Finding, Kind
from powertrader.shadow.timing import PATIENCE, ShadowTiming
from powertrader.shadow.trades import OriginalTrade

_MOST_SEEN: Final = 10_000


@dataclass(slots=True)
class Expected:
    """An action its own rules ask the original for, as long as they do.

    firm: the original cannot have decided otherwise; else it counts when it lasts.
    """

    coin: CoinSymbol
    kind: ActionKind
    reason: str
    firm: bool
    why: str
    first: datetime
    last: datetime
    times: int = 1
    done: bool = False
    told: bool = False


@dataclass(slots=True)
class TradeCounts:
    """How many trades were matched with a decision, found without one, and missed.

    passing: a decision that did not last. unseen: a trade whose step was not seen.
    """

    matched: int = 0
    extra: int = 0
    missing: int = 0
    passing: int = 0
    unseen: int = 0


class Seen(NamedTuple):
    """When a status was made, and the positions then, before its step traded: quantity, basis and stage."""

    at: datetime
    held: Mapping[CoinSymbol, tuple[float, float, int]]


class WishBook:
    """Open expectations and trades that nothing was found for yet."""

    def __init__(self, timing: ShadowTiming) -> None:
        """Expect nothing yet."""
        self._window = timedelta(seconds=timing.trade_window_s)
        self._expected: list[Expected] = []
        self._trades: list[OriginalTrade] = []
        self._seen: deque[Seen] = deque(maxlen=_MOST_SEEN)
        self.counts = TradeCounts()

    def expect(self, seen: Seen, found: Iterable[Expected]) -> None:
        """Take what one step asks for; the same wish again goes on."""
        at = seen.at
        self._seen.append(seen)
        while at - self._seen[0].at > 4 * self._window:
            self._seen.popleft()
        for each in found:
            known = self._open(each)
            if known is None:
                self._expected.append(each)
                continue
            known.last, known.times = at, known.times + 1
            known.firm = known.firm or each.firm

    def take(self, trades: Iterable[OriginalTrade]) -> None:
        """Take trades that were read now."""
        self._trades.extend(trades)

    def settle(self, now: datetime) -> Iterator[Finding]:
        """Match what can be matched; give what is over and found no partner."""
        for trade in self._trades.copy():
            partner = self._partner(trade)
            if partner is not None:
                partner.done = True
                self._trades.remove(trade)
                self.counts.matched += 1
            elif now > trade.at + 2 * self._window:
                self._trades.remove(trade)
                yield from self._extra(trade)
        for expected in self._expected.copy():
            yield from self._missing(expected, now)

    def _missing(self, expected: Expected, now: datetime) -> Iterator[Finding]:
        is_over = now > expected.last + 2 * self._window
        lasts = now > expected.first + 2 * self._window
        if not expected.done and not expected.told and (is_over or lasts):
            expected.told = True
            if expected.firm or expected.times >= PATIENCE:
                self.counts.missing += 1
                yield Finding(
                    expected.first,
                    Kind.TRADE,
                    expected.coin,
                    "did nothing",
                    f"expect of its own rules: {words_for(expected.reason)}",
                    f"{expected.why}; its exchange may have refused the order",
                )
            else:
                self.counts.passing += 1
        if is_over:
            self._expected.remove(expected)

    def _extra(self, trade: OriginalTrade) -> Iterator[Finding]:
        if not self._saw_step_of(trade):
            self.counts.unseen += 1
            return
        self.counts.extra += 1
        yield Finding(
            trade.at,
            Kind.TRADE,
            trade.coin,
            trade.words,
            "see no reason for it in its own rules",
            "no step around it asked for that",
        )

    def _saw_step_of(self, trade: OriginalTrade) -> bool:
        """Tell whether the status of the step that traded was seen: it shows what was held before."""
        earlier = [seen for seen in self._seen if seen.at < trade.at]
        later = [seen for seen in self._seen if trade.at <= seen.at <= trade.at + self._window]
        if not earlier or not later:
            return False
        return earlier[-1].held.get(trade.coin) == later[0].held.get(trade.coin)

    def _open(self, each: Expected) -> Expected | None:
        key = (each.coin, each.kind, each.reason)
        return next(
            (
                known
                for known in self._expected
                if (known.coin, known.kind, known.reason) == key
                and not known.done
                and each.first - known.last <= self._window
            ),
            None,
        )

    def _partner(self, trade: OriginalTrade) -> Expected | None:
        for known in self._expected:
            fits = known.coin == trade.coin and known.kind is trade.kind and not known.done
            if fits and known.first - self._window <= trade.at <= known.last + self._window:
                return known
        return None
