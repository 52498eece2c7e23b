"""Where everything lies: the only place that spells a file name.

The data folder has the original's layout: BTC in the folder itself, every other coin in a subfolder.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import platformdirs

from powertrader.core.exceptions import ConfigError
from powertrader.core.symbols import coin_symbol
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol, Environment

APP_NAME: Final = "PowerTrader"
HOME_VARIABLE: Final = "PT_HOME"
ROOT_COIN: Final = "BTC"


def find_home(given: Path | None, environment: Mapping[str, str] | None = None) -> Path:
    """Give the home folder: the given one, else PT_HOME, else the checkout, else the user data folder.

    Raises ConfigError when the path cannot be followed, such as the home of an unknown user.
    """
    named = (os.environ if environment is None else environment).get(HOME_VARIABLE, "").strip()
    wanted = given or (Path(named) if named else None)
    if wanted is not None:
        return _followed(wanted, f"name one with --home or {HOME_VARIABLE}")
    checkout = Path(__file__).resolve().parents[3]
    if (checkout / "pyproject.toml").is_file() and (checkout / "src" / "powertrader").is_dir():
        return checkout
    return Path(platformdirs.user_data_dir(APP_NAME, appauthor=False))


def paths_of(root: Path, main_neural_dir: str) -> "HomePaths":
    """Give the paths of a home with its setting main_neural_dir, which may be relative to the home.

    Raises ConfigError when the folder cannot be followed.
    """
    if not main_neural_dir:
        return HomePaths(root)
    given = Path(main_neural_dir) if main_neural_dir.startswith("~") else root / main_neural_dir
    return HomePaths(root, _followed(given, "correct paths.main_neural_dir"))


def _followed(path: Path, way_out: str) -> Path:
    try:
        return path.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        msg = f"folder {str(path)!r} cannot be found: {error}; {way_out}"
        raise ConfigError(msg) from error


@dataclass(frozen=True, slots=True)
class HomePaths:
    """The folders and files of one home. main_neural_dir replaces data/ where the user has set it."""

    root: Path
    main_neural_dir: Path | None = None

    @property
    def config(self) -> Path:
        """Folder of the settings."""
        return self.root / "config"

    @property
    def trading_config(self) -> Path:
        """The settings a user edits."""
        return self.config / "trading_config.yaml"

    @property
    def gui_settings(self) -> Path:
        """The settings the hub writes, in the original's form."""
        return self.config / "gui_settings.json"

    @property
    def dotenv(self) -> Path:
        """Environment variables for this home."""
        return self.root / ".env"

    @property
    def original_key_file(self) -> Path:
        """The original's API key, plain text."""
        return self.root / "b_key.txt"

    @property
    def original_secret_file(self) -> Path:
        """The original's API secret, plain text."""
        return self.root / "b_secret.txt"

    @property
    def logs(self) -> Path:
        """Folder of the rotating logs."""
        return self.root / "logs"

    @property
    def results(self) -> Path:
        """Folder with one subfolder for each replay."""
        return self.root / "results"

    @property
    def data(self) -> Path:
        """Folder with what was learnt and signalled, in the original's layout."""
        return self.main_neural_dir or self.root / "data"

    def made_up(self) -> "HomePaths":
        """The same home with a data folder of its own for what was learnt from a made-up market.

        Invented patterns must never lie beside real ones.
        """
        return HomePaths(self.root, self.root / "data_synthetic")

    @property
    def hub_data(self) -> Path:
        """Folder of the status files."""
        return self.data / "hub_data"

    @property
    def market_note(self) -> Path:
        """Whose market the data folder belongs to."""
        return self.data / "market.json"

    @property
    def trainer_lock(self) -> Path:
        """Held by the one process that trains."""
        return self.data / "trainer.lock"

    @property
    def thinker_lock(self) -> Path:
        """Held by the one process that signals."""
        return self.data / "thinker.lock"

    def ledger(self, mode: Environment, account: str = "default") -> Path:
        """Folder with the ledger of one mode and account; paper and live never share one."""
        return self.data / "ledger" / f"{mode}-{account}"

    def paper_account(self, account: str = "default") -> Path:
        """The balances and orders of the paper account."""
        return self.data / "ledger" / f"paper-{account}.account.json"

    def commands(self, mode: Environment, account: str = "default") -> Path:
        """Folder in which a running trader finds what the user wants of it, a file for each wish."""
        return self.data / "ledger" / f"{mode}-{account}.commands"

    def decisions(self, mode: Environment, account: str, day: date) -> Path:
        """What was decided on one day, a line for each change."""
        return self.data / "ledger" / f"{mode}-{account}.decisions" / f"{day.isoformat()}.jsonl"

    def trader_report(self, mode: Environment, account: str = "default") -> Path:
        """What the trader of one mode and account tells of itself."""
        return self.hub_data / f"trader_{mode}-{account}.json"

    def request_budget(self, venue: str) -> Path:
        """What all processes together have asked of one venue lately."""
        return self.data / "budget" / f"{venue}.json"

    @property
    def local_exchange(self) -> Path:
        """Folder in which the local exchange keeps its accounts over a restart."""
        return self.root / "data_exchange"

    def heartbeat(self, process: str) -> Path:
        """When a process last came round, and how it is."""
        return self.hub_data / f"{process}_heartbeat.json"

    def coin(self, coin: CoinSymbol) -> "CoinPaths":
        """The files of one coin. Raises ConfigError when it is no coin symbol."""
        return CoinPaths(self.data, coin)

    def current_price(self, coin: CoinSymbol) -> Path:
        """The price file the original's trader leaves in its folder."""
        return self.data / f"{coin_symbol(coin)}_current_price.txt"

    @property
    def runner_ready(self) -> Path:
        """The thinker's readiness."""
        return self.hub_data / "runner_ready.json"

    @property
    def trader_status(self) -> Path:
        """The trader's account and positions."""
        return self.hub_data / "trader_status.json"

    @property
    def trade_history(self) -> Path:
        """Every trade, a line each."""
        return self.hub_data / "trade_history.jsonl"

    @property
    def pnl_ledger(self) -> Path:
        """The original's books."""
        return self.hub_data / "pnl_ledger.json"

    @property
    def original_exports(self) -> Path:
        """How far the original's files were written."""
        return self.hub_data / "original_exports.json"

    @property
    def account_value_history(self) -> Path:
        """The account value over time, a line each."""
        return self.hub_data / "account_value_history.jsonl"


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

    def killer(self) -> Path:
        """A file with the word yes stops a training."""
        return self.base / "killer.txt"
