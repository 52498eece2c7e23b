"""Compares the original's signals with ours as they come, and tells of each difference once."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol
from powertrader.shadow.finding import Finding, Kind
from powertrader.shadow.our_thinker import CoinInputs
from powertrader.shadow.prices import SeenPrices
from powertrader.shadow.published import Published
from powertrader.shadow.signal_judge import Judgement, bounds_words, judge
from powertrader.shadow.timing import PATIENCE, ShadowTiming

_MOST_WAITING: Final = 100
_SWEEPS_TO_SETTLE: Final = 2.5


@dataclass(slots=True)
class SignalCounts:
    """How many publications were compared, and what came of it.

    equal: as ours, at a price the market had. doubtful: differed once, which a price in between may
    explain. differing: differed more often. explained: where compat=safe says something else, by a
    deviation. not_compared: the original was about to take up a candle or a training.
    """

    compared: int = 0
    equal: int = 0
    doubtful: int = 0
    differing: int = 0
    explained: int = 0
    not_compared: int = 0


@dataclass(slots=True)
class _Coin:
    waiting: deque[Published] = field(default_factory=lambda: deque(maxlen=_MOST_WAITING))
    seen_s: float = 0.0
    sweep_s: float = 0.0
    in_a_row: int = 0
    told: tuple[object, ...] = ()
    told_safe: tuple[object, ...] = ()
    causes: tuple[str, ...] | None = None


class SignalWatch:
    """What is known of each coin's publications; reasons say why a coin is not compared now."""

    def __init__(self, timing: ShadowTiming, prices: SeenPrices) -> None:
        """Know none yet."""
        self._timing = timing
        self._prices = prices
        self._coins: dict[CoinSymbol, _Coin] = {}
        self.counts = SignalCounts()
        self.reasons: dict[CoinSymbol, str] = {}
        self.compared_coins: set[CoinSymbol] = set()

    def differs(self, coin: CoinSymbol) -> bool:
        """Tell whether the original's signal of a coin is known to be another one than ours."""
        known = self._coins.get(coin)
        return known is not None and bool(known.told)

    def causes(self, coin: CoinSymbol) -> tuple[str, ...] | None:
        """Give why compat=safe says something else of a coin, by deviation; None when it says the same."""
        known = self._coins.get(coin)
        return None if known is None else known.causes

    def look(
        self, coin: CoinSymbol, published: Published | None, inputs: CoinInputs | str, now: datetime
    ) -> Iterator[Finding]:
        """Take a look at a coin; give what differs and was not told before."""
        known, now_s = self._coins.setdefault(coin, _Coin()), now.timestamp()
        self.reasons.pop(coin, None)
        if published is None:
            self.reasons[coin] = "the original publishes no signal of it"
            return
        if published.written_s != known.seen_s:
            if known.seen_s:
                known.sweep_s = published.written_s - known.seen_s
            known.seen_s = published.written_s
            known.waiting.append(published)
        if now_s - published.written_s > self._timing.stale_s:
            self.reasons[coin] = f"the original's signal is {now_s - published.written_s:.0f} s old"
        while known.waiting and known.waiting[0].written_s <= now_s - self._timing.delay_s:
            yield from self._compare(coin, known.waiting.popleft(), inputs, now_s)

    def _compare(
        self, coin: CoinSymbol, published: Published, inputs: CoinInputs | str, now_s: float
    ) -> Iterator[Finding]:
        known = self._coins[coin]
        reason = self._obstacle(published, inputs, now_s, known.sweep_s)
        asks = self._prices.between(
            coin, published.written_s - self._timing.price_window_s, published.written_s
        )
        if not reason and asks is None:
            reason = "no price was seen at that time"
        if reason or isinstance(inputs, str) or asks is None:
            self.reasons[coin] = reason
            self.counts.not_compared += 1
            return
        self.counts.compared += 1
        self.compared_coins.add(coin)
        if inputs.untrained or inputs.prospects.original.bounds is None:
            yield from self._compare_silence(coin, known, published, inputs)
            return
        found = judge(published, inputs.prospects, asks)
        known.causes = inputs.prospects.causes if found.safe_differs else None
        yield from self._told(coin, known, published, inputs, found)
        yield from self._told_safe(coin, known, published, inputs, found)

    def _obstacle(self, published: Published, inputs: CoinInputs | str, now_s: float, sweep_s: float) -> str:
        if isinstance(inputs, str):
            return inputs
        if now_s - published.written_s > self._timing.stale_s:
            return f"published {now_s - published.written_s:.0f} s ago"
        # the original compares with the bounds of its sweep before (Q21), which may be long
        settle_s = max(self._timing.settle_s, _SWEEPS_TO_SETTLE * sweep_s)
        if published.written_s < inputs.since_s + settle_s:
            return "a candle closed or a training ended shortly before"
        return ""

    def _compare_silence(
        self, coin: CoinSymbol, known: _Coin, published: Published, inputs: CoinInputs
    ) -> Iterator[Finding]:
        """Compare with the zeros of an untrained coin (Q32), or with a program that has ended."""
        why = inputs.untrained or inputs.prospects.original.reason
        levels = (published.long, published.short)
        if levels == (0, 0) and inputs.untrained:
            self._is_equal(known)
            return
        yield from self._differs(
            known,
            Finding(
                utc_of(published.written_s),
                Kind.SIGNAL,
                coin,
                f"says long {levels[0]}, short {levels[1]}",
                "expect no signal of it",
                why,
            ),
            ("silence",),
        )

    def _told(
        self, coin: CoinSymbol, known: _Coin, published: Published, inputs: CoinInputs, found: Judgement
    ) -> Iterator[Finding]:
        if not found.differing:
            self._is_equal(known)
            return
        bounds = inputs.prospects.original.bounds
        original, ours = [], []
        if "levels" in found.differing:
            margin = "no margin" if published.margin_pct is None else f"margin {published.margin_pct:.4g} %"
            original.append(f"says long {published.long}, short {published.short}, {margin}")
            ours.append(
                f"say long {found.ours.long}, short {found.ours.short}, margin {found.ours.margin_pct:.4g} % "
                f"at {found.ask:.8g}"
            )
        for name, theirs, mine in (
            ("low bounds", published.low_bounds, () if bounds is None else bounds.long_bounds),
            ("high bounds", published.high_bounds, () if bounds is None else bounds.short_bounds),
        ):
            if name in found.differing:
                original.append(f"has {name} {bounds_words(theirs)}")
                ours.append(f"have {name} {bounds_words(mine)}")
        why = (
            "the same memories and candles give other bounds"
            if found.differing != ("levels",)
            else "no price the market had meanwhile gives these levels"
        )
        finding = Finding(
            utc_of(published.written_s), Kind.SIGNAL, coin, "; ".join(original), "; ".join(ours), why
        )
        yield from self._differs(known, finding, found.differing)

    def _differs(self, known: _Coin, finding: Finding, key: tuple[object, ...]) -> Iterator[Finding]:
        known.in_a_row += 1
        if known.in_a_row < PATIENCE:
            self.counts.doubtful += 1
            return
        self.counts.differing += 1
        if known.told != key:
            known.told = key
            yield finding

    def _is_equal(self, known: _Coin) -> None:
        self.counts.equal += 1
        known.in_a_row, known.told = 0, ()

    def _told_safe(
        self, coin: CoinSymbol, known: _Coin, published: Published, inputs: CoinInputs, found: Judgement
    ) -> Iterator[Finding]:
        """Tell where compat=safe would say something else than the original from the same files."""
        if not found.safe_differs:
            known.told_safe = ()
            return
        self.counts.explained += 1
        causes = inputs.prospects.causes
        key = (causes, found.safe and found.safe[:2], found.ours[:2])
        if known.told_safe == key:
            return
        known.told_safe = key
        safe = found.safe
        yield Finding(
            utc_of(published.written_s),
            Kind.SIGNAL,
            coin,
            f"says long {published.long}, short {published.short}",
            "say nothing" if safe is None else f"say long {safe.long}, short {safe.short} with compat=safe",
            "compat=safe leaves out what the original lets decide",
            ", ".join(causes) or None,
        )
