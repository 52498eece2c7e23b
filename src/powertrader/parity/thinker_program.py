"""The original thinker's program around our signal engine: its files, its passes, its readiness.

Source: golden/BEHAVIOUR.md sections 2.1 to 2.4.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.original_format import MemoryTexts, parse_memory, parse_number
from powertrader.core.original_signals import UNTRAINED, SignalTexts
from powertrader.models.candle import Candle
from powertrader.models.memory import PatternMemory
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.parity.thinker_coin import CoinRecord, folder_of, with_tokens
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_requests import ThinkerRequests
from powertrader.parity.thinker_settings import CoinList
from powertrader.thinker import sweep_kernels
from powertrader.thinker.bounds import Sweep
from powertrader.thinker.prediction import Prediction
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.thinker.training_gate import is_fresh

_READY_FILE: Final = "hub_data/runner_ready.json"
_FIRST_FILES: Final[Mapping[str, str]] = {
    "alerts_version.txt": "5/3/2022/9am",
    "futures_long_onoff.txt": "OFF",
    "futures_short_onoff.txt": "OFF",
}
_MEMORY_FILES: Final = ("memories", "memory_weights", "memory_weights_high", "memory_weights_low")


@dataclass(slots=True)
class ThinkerProgram:
    """The running program: what it knows of every coin, and the world it works in."""

    folder: Folder
    requests: ThinkerRequests
    engine: SignalEngine
    now: float
    display: dict[CoinSymbol, str] = field(default_factory=dict)
    records: dict[CoinSymbol, CoinRecord] = field(default_factory=dict)
    swept: set[CoinSymbol] = field(default_factory=set)
    _ready: set[CoinSymbol] = field(default_factory=set)
    _coins: tuple[CoinSymbol, ...] = ()
    _coins_at_start: int = 0
    _list: CoinList = field(init=False)
    _memories: dict[str, tuple[MemoryTexts, PatternMemory | None]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Read no file before start."""
        self._list = CoinList(self.folder)

    def start(self) -> None:
        """Do what happens before the first pass."""
        self._list.refresh()
        self._coins = self._list.coins
        self._coins_at_start = len(self._coins)
        self._write_ready("starting", ready=False, total=len(self._coins))
        for coin in self._coins:
            self._initialise(coin)

    def run_pass(self) -> None:
        """Look at the settings, then do one timeframe of each coin.

        Raises NoMoreAnswers, BadData, DataCorruptionError or EndlessSpacing where the original hangs or ends.
        """
        self.swept.clear()
        self._list.refresh()
        self._take_coins(self._list.coins)
        for coin in self._coins:
            self._step(self.records[coin])

    def _take_coins(self, coins: tuple[CoinSymbol, ...]) -> None:
        for coin in set(self._coins) - set(coins):
            self._ready.discard(coin)
            self.display.pop(coin, None)
        added = [coin for coin in coins if coin not in self._coins]
        self._coins = coins
        for coin in added:
            self._initialise(coin)

    def _initialise(self, coin: CoinSymbol) -> None:
        self.display[coin] = f"{coin}  (starting.)"
        for name, text in _FIRST_FILES.items():
            self.folder.write(folder_of(coin) + name, text)
        times = [self.requests.closed_time(coin, timeframe) for timeframe in TIMEFRAMES]
        self.records[coin] = CoinRecord(coin, times)

    def _step(self, record: CoinRecord) -> None:
        trained_at = parse_number(self.folder.read(f"{record.path}trainer_last_training_time.txt"))
        if not is_fresh(trained_at, self.now):
            self._refuse(record)
            return
        timeframe = TIMEFRAMES[record.next_timeframe]
        candle = self.requests.closed_candle(record.coin, timeframe)
        record.predictions[record.next_timeframe] = self._predict(record, timeframe, candle)
        record.next_timeframe += 1
        if record.next_timeframe == len(TIMEFRAMES):
            record.next_timeframe = 0
            self._sweep(record)

    def _predict(self, record: CoinRecord, timeframe: Timeframe, candle: Candle) -> Prediction:
        if candle.open == 0:
            # step 2 fails before the original opens a file, so the threshold keeps its text
            msg = f"{timeframe} candle of {record.coin} opened at 0, must be above 0; repair the candles"
            raise BadData(msg)
        return self.engine.predict(candle, self._memory(record, timeframe))

    def _refuse(self, record: CoinRecord) -> None:
        self._write_signal(record, UNTRAINED)
        self.display[record.coin] = f"{record.coin}  (NOT TRAINED / OUTDATED - run trainer)"
        self._ready.discard(record.coin)
        ready = len(self._ready) >= len(self._coins)
        stage = "real_predictions" if ready else "training_required"
        self._write_ready(stage, ready=ready, total=len(self._coins))

    def _memory(self, record: CoinRecord, timeframe: Timeframe) -> PatternMemory | None:
        """Read the memory; the threshold is written back in its shortest text (Q31)."""
        threshold_path = f"{record.path}neural_perfect_threshold_{timeframe.value}.txt"
        threshold_text = self.folder.read(threshold_path)
        threshold = parse_number(threshold_text)
        if threshold is None:
            msg = f"{threshold_path} was {threshold_text!r}, must hold a number; train {record.coin} again"
            raise DataCorruptionError(msg)
        self.folder.write(threshold_path, repr(threshold))
        memories, weights, weights_high, weights_low = (
            self.folder.read(f"{record.path}{name}_{timeframe.value}.txt") for name in _MEMORY_FILES
        )
        texts = MemoryTexts(memories, weights, weights_high, weights_low, threshold_text)
        known = self._memories.get(threshold_path)
        if known is None or known[0] != texts:
            known = (texts, parse_memory(texts))
            self._memories[threshold_path] = known
        return known[1]

    def _sweep(self, record: CoinRecord) -> None:
        ask = self.requests.ask(record.coin)
        for timeframe in TIMEFRAMES:
            self.requests.unused(record.coin, timeframe)
        sweep = self._compare(record, ask)
        record.take(sweep, ask)
        self.display[record.coin] = record.screen(ask)
        (self._ready.add if record.is_ready() else self._ready.discard)(record.coin)
        ready = len(self._ready) >= self._coins_at_start
        stage = "real_predictions" if ready else "warming_up"
        self._write_signal(record, _texts_of(sweep))
        self._write_ready(stage, ready=ready, total=self._coins_at_start)
        for index, timeframe in enumerate(TIMEFRAMES):
            time = self.requests.closed_time(record.coin, timeframe)
            record.time_changed[index] = "yes" if time != record.times[index] else "no"
            record.times[index] = time
        self.swept.add(record.coin)

    def _compare(self, record: CoinRecord, ask: float) -> Sweep:
        return self.engine.sweep(record.state, record.predictions, ask)

    def _write_signal(self, record: CoinRecord, texts: SignalTexts) -> None:
        named = {
            "low_bound_prices.html": texts.low_bounds,
            "high_bound_prices.html": texts.high_bounds,
            "futures_long_profit_margin.txt": texts.long_margin,
            "long_dca_signal.txt": texts.long_level,
            "futures_short_profit_margin.txt": texts.short_margin,
            "short_dca_signal.txt": texts.short_level,
        }
        for name, text in named.items():
            if text is not None:
                self.folder.write(record.path + name, text)

    def _write_ready(self, stage: str, *, ready: bool, total: int) -> None:
        content = {
            "timestamp": self.now,
            "ready": ready,
            "stage": stage,
            "ready_coins": sorted(self._ready),
            "total_coins": total,
        }
        self.folder.write_json(_READY_FILE, content)


def _texts_of(sweep: Sweep) -> SignalTexts:
    """Spell a sweep; the bounds as they lie by rank, with their placeholders."""
    return SignalTexts(
        _bounds_text(sweep.bounds.ranked_low),
        _bounds_text(with_tokens(sweep.bounds.ranked_high)),
        repr(sweep.margin_pct),
        repr(abs(sweep.margin_pct)),
        str(sweep.sides.count(sweep_kernels.LONG)),
        str(sweep.sides.count(sweep_kernels.SHORT)),
    )


def _bounds_text(bounds: Iterable[float]) -> str:
    """Spell bounds as they are: infinity, too, is what the original writes after an infinite move."""
    return ", ".join(map(repr, bounds))
