"""The two engines of a backtest, with a bar that shows how far they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from powertrader.analytics.annual import timeframe_of
from powertrader.analytics.backdrop import SignalLevels
from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.compiled_outcome import compiled_outcome
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.example_outcome import example_outcome
from powertrader.backtest.market_request import interval_of
from powertrader.backtest.outcomes import columns_of, event_outcome
from powertrader.backtest.result import EngineName, RunOutcome
from powertrader.backtest.signal_arrays import NO_SIGNAL, SignalArrays
from powertrader.backtest.signal_walk import SignalStore, walk_signals
from powertrader.cli.output import progress_bar
from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import BadData, ConfigError, TrainingError
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol
from powertrader.strategy.registry import NamedExample
from powertrader.trader.session import StepReport

if TYPE_CHECKING:
    from rich.console import Console

EngineChoice = Literal["auto", "event", "compiled"]
STEPS_BETWEEN_UPDATES: Final = 250
_SHOWN: Final = 5


class Stopped(Exception):
    """Ctrl-C came before anything was traded."""


@dataclass(frozen=True, slots=True)
class Market:
    """What an engine walks over."""

    config: TradingConfig
    candles: Mapping[CoinSymbol, Candles]
    span: ReplaySpan

    @property
    def timeframe(self) -> str:
        """The name of a step's length. Raises ConfigError when it has none."""
        try:
            return timeframe_of(interval_of(self.candles))
        except ValueError as error:
            way_out = "join them to longer ones with `powertrader candles resample`"
            msg = f"{error}; {way_out}"
            raise ConfigError(msg) from error


@dataclass(frozen=True, slots=True)
class View:
    """Where progress is shown; pressed is no longer empty once Ctrl-C was pressed."""

    console: "Console"
    pressed: Sequence[int]


@dataclass(frozen=True, slots=True)
class Walked:
    """What came of a walk, by which engine; interrupted: Ctrl-C ended it. notes: what to know of it.

    levels: what the thinker had said, where it was asked.
    """

    engine: EngineName
    outcome: RunOutcome
    interrupted: bool = False
    notes: tuple[str, ...] = ()
    levels: Mapping[CoinSymbol, SignalLevels] = field(default_factory=dict)


def walk(view: View, market: Market, store: SignalStore, choice: EngineChoice) -> Walked:
    """Find the thinker's signals, or those found before, and trade them.

    auto: compiled where the settings allow it, else the session that trades live. Raises TrainingError when
    nothing could be learnt of any coin, ConfigError when the engine that was chosen cannot do it.
    """
    try:
        signals = _signals(view, market, store)
    except Stopped:
        return Walked("event" if choice == "event" else "compiled", _nothing(market), interrupted=True)
    walked = _traded(view, market, signals, choice)
    levels = {coin: SignalLevels(arrays.close_s, arrays.long) for coin, arrays in signals.items()}
    return replace(walked, levels=levels, notes=(*walked.notes, *_idle(market, walked)))


def _traded(
    view: View, market: Market, signals: Mapping[CoinSymbol, SignalArrays], choice: EngineChoice
) -> Walked:
    notes = _silent(market, signals)
    if choice == "event":
        return _by_events(view, market, signals, notes)
    try:
        outcome = compiled_outcome(market.config, market.candles, market.span, signals, market.timeframe)
    except (ValueError, BadData) as error:
        if choice == "compiled":
            msg = f"{error}; use --engine event"
            raise ConfigError(msg) from error
        return _by_events(view, market, signals, (*notes, f"traded by the event engine: {error}"))
    return Walked("compiled", outcome, notes=notes)


def walk_example(market: Market, strategy: NamedExample) -> Walked:
    """Trade an example strategy, which needs no signals.

    Raises ConfigError or BadData for amounts that cannot be counted exactly.
    """
    config, candles = market.config, market.candles
    try:
        outcome = example_outcome(config, candles, market.span, strategy, market.timeframe)
    except ValueError as error:
        msg = f"{strategy.name} parts replay.start_quote equally over the coins: {error}"
        raise ConfigError(msg) from error
    traded = {outcome.trades.coins[place] for place in set(outcome.trades.coin.tolist())}
    silent = [coin for coin in candles if coin not in traded]
    if not silent:
        return Walked("compiled", outcome)
    return Walked("compiled", outcome, notes=(f"{strategy.name} did not trade {_named(silent)}",))


def _signals(view: View, market: Market, store: SignalStore) -> dict[CoinSymbol, SignalArrays]:
    """Walk the thinker; a coin that was finished before Ctrl-C is kept."""
    with progress_bar(view.console, "coin-steps") as progress:
        task = progress.add_task("Learning and signalling", total=None, rate="")
        started = perf_counter()

        def tell(done: int, total: int) -> None:
            rate = f"{done / (perf_counter() - started):,.0f}"
            progress.update(task, completed=done, total=total, rate=rate)
            if view.pressed:
                raise Stopped

        found = walk_signals(market.config, market.candles, market.span, store, tell)
    if view.pressed:
        raise Stopped
    return found


def _idle(market: Market, walked: Walked) -> tuple[str, ...]:
    """Say what may be the reason when nothing was bought."""
    if len(walked.outcome.trades.time_s) or walked.interrupted:
        return ()
    config = market.config
    first = config.replay.start_quote * config.entry.start_allocation_pct / 100
    amount = f"{first:,.2f} {config.trading.quote_asset}"
    order = f"a first purchase of {amount} (start_allocation_pct) is below the exchange's smallest order"
    return (f"nothing was bought: no signal was high enough, or {order}",)


def _silent(market: Market, signals: Mapping[CoinSymbol, SignalArrays]) -> tuple[str, ...]:
    """Say which coins never had a signal. Raises TrainingError when none of them had one."""
    silent = [coin for coin, arrays in signals.items() if not np.any(arrays.long != NO_SIGNAL)]
    if not silent:
        return ()
    named = _named(silent)
    start = f"{market.span.start:%Y-%m-%d %H:%M}"
    reason = f"nothing could be learnt of {named}: too few candles closed before {start}"
    if len(silent) == len(signals):
        msg = f"{reason}; choose a later --from"
        raise TrainingError(msg)
    return (f"{reason}, or too few followed; it was not traded",)


def _named(coins: Sequence[CoinSymbol]) -> str:
    return ", ".join(coins[:_SHOWN]) + (" and others" if len(coins) > _SHOWN else "")


def _by_events(
    view: View, market: Market, signals: Mapping[CoinSymbol, SignalArrays], notes: tuple[str, ...]
) -> Walked:
    """Trade with the session that trades live, step by step."""
    from powertrader.bootstrap import build_replay  # noqa: PLC0415  exchanges are slow to import

    config, candles, span = market.config, market.candles, market.span
    replay = build_replay(config, candles, span, signals)
    with progress_bar(view.console, "steps") as progress:
        task = progress.add_task("Trading", total=replay.engine.count_steps(span), rate="")
        started = perf_counter()
        steps = 0

        def go_on(report: StepReport) -> bool:
            nonlocal steps
            steps += 1
            if steps % STEPS_BETWEEN_UPDATES == 0:
                rate = f"{steps / (perf_counter() - started):,.0f}"
                progress.update(task, completed=steps, rate=rate, description=f"Trading {report.at:%Y-%m-%d}")
            return not view.pressed

        course = replay.engine.walk(span, config.rules, replay.session, go_on)
    start = config.replay.start_quote
    outcome = event_outcome(course, replay.session.book, tuple(candles), start, market.timeframe)
    return Walked("event", outcome, course.interrupted, notes)


def _nothing(market: Market) -> RunOutcome:
    empty = np.empty(0)
    curve = EquityCurve(market.timeframe, market.config.replay.start_quote, empty.astype(np.int64), empty)
    return RunOutcome(curve, columns_of((), tuple(market.candles)), ())
