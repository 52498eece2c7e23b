"""The files of one coin: the original's names, and ours beside them."""

from pathlib import Path
from typing import Final

from powertrader.core.symbols import coin_symbol
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

ROOT_COIN: Final = "BTC"
"""The coin whose files lie in the data folder itself."""


class CoinPaths:
    """The files of one coin below a data folder."""

    def __init__(self, base_dir: Path, coin: CoinSymbol) -> None:
        """Find the coin's folder. Raises ConfigError when it is no coin symbol, such as one with a slash."""
        self.coin = coin_symbol(coin)
        self.base = base_dir if self.coin == ROOT_COIN else base_dir / self.coin

    def memory_file(self, timeframe: Timeframe) -> Path:
        """The original's memories."""
        return self.base / f"memories_{timeframe}.txt"

    def weight_file(self, timeframe: Timeframe) -> Path:
        """The original's weights of the close."""
        return self.base / f"memory_weights_{timeframe}.txt"

    def weight_high_file(self, timeframe: Timeframe) -> Path:
        """The original's weights of the high."""
        return self.base / f"memory_weights_high_{timeframe}.txt"

    def weight_low_file(self, timeframe: Timeframe) -> Path:
        """The original's weights of the low."""
        return self.base / f"memory_weights_low_{timeframe}.txt"

    def threshold_file(self, timeframe: Timeframe) -> Path:
        """The original's matching threshold."""
        return self.base / f"neural_perfect_threshold_{timeframe}.txt"

    def pattern_memory(self, timeframe: Timeframe) -> Path:
        """Our memories, weights and threshold."""
        return self.base / f"memory_{timeframe}.npz"

    def signal_long(self) -> Path:
        """The original's LONG level."""
        return self.base / "long_dca_signal.txt"

    def signal_short(self) -> Path:
        """The original's SHORT level."""
        return self.base / "short_dca_signal.txt"

    def signal(self) -> Path:
        """Our signal, whole."""
        return self.base / "signal.json"

    def bounds_low(self) -> Path:
        """The original's low bounds."""
        return self.base / "low_bound_prices.html"

    def bounds_high(self) -> Path:
        """The original's high bounds."""
        return self.base / "high_bound_prices.html"

    def profit_margin_long(self) -> Path:
        """The original's LONG margin."""
        return self.base / "futures_long_profit_margin.txt"

    def profit_margin_short(self) -> Path:
        """The original's SHORT margin."""
        return self.base / "futures_short_profit_margin.txt"

    def futures_long_onoff(self) -> Path:
        """A switch the original writes and nobody reads."""
        return self.base / "futures_long_onoff.txt"

    def futures_short_onoff(self) -> Path:
        """A switch the original writes and nobody reads."""
        return self.base / "futures_short_onoff.txt"

    def trainer_status(self) -> Path:
        """Whether the coin is being trained."""
        return self.base / "trainer_status.json"

    def trainer_progress(self) -> Path:
        """How far the training is."""
        return self.base / "trainer_progress.json"

    def trainer_checkpoint(self) -> Path:
        """Where an interrupted training goes on."""
        return self.base / "trainer_checkpoint.json"

    def trainer_last_start_time(self) -> Path:
        """When the last training loaded its candles."""
        return self.base / "trainer_last_start_time.txt"

    def trainer_last_training_time(self) -> Path:
        """When the last training ended."""
        return self.base / "trainer_last_training_time.txt"

    def training_run(self) -> Path:
        """What a training that was broken off goes on with."""
        return self.base / "training_run.json"

    def training_report(self) -> Path:
        """What the newest training led to, timeframe by timeframe."""
        return self.base / "training_report.json"

    def killer(self) -> Path:
        """A file with the word yes stops a training."""
        return self.base / "killer.txt"
