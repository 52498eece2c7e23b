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

from powertrader.core.coin_paths import CoinPaths
from powertrader.core.exceptions import ConfigError
from powertrader.core.hub_files import HubFiles
from powertrader.core.symbols import coin_symbol
from powertrader.models.types import CoinSymbol, Environment

APP_NAME: Final = "PowerTrader"
HOME_VARIABLE: Final = "PT_HOME"


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


def account_lock(mode: Environment, account: str) -> Path:
    """Give what the one trader of an account holds, whatever its home; it belongs to the computer's user."""
    return platformdirs.user_state_path(APP_NAME, appauthor=False) / "accounts" / f"{mode}-{account}.lock"


def home_around(place: Path) -> Path | None:
    """Give the home whose data folder a place lies in, such as that of a coin; None when there is none."""
    for folder in (place, *place.parents):
        if folder.name == "data" and (folder / "market.json").is_file():
            return folder.parent
    return None


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
class HomePaths(HubFiles):
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
    def window_state(self) -> Path:
        """What the window remembers of itself: place, size, sashes, sorting."""
        return self.config / "window.json"

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
    def original_scripts(self) -> Path:
        """Folder with the user's own copy of the original scripts."""
        return self.root / "legacy" / "original"

    @property
    def migration_record(self) -> Path:
        """Which original folder this home was filled from."""
        return self.data / "migration.json"

    @property
    def replaced(self) -> Path:
        """Folder with what an import replaced because the user said so."""
        return self.data / "replaced"

    @property
    def migration_results(self) -> Path:
        """Folder with the report of the last import that changed anything."""
        return self.results / "migration"

    @property
    def journal_notes(self) -> Path:
        """What the user has written about trades."""
        return self.data / "journal_notes.json"

    @property
    def market_note(self) -> Path:
        """Whose market the data folder belongs to."""
        return self.data / "market.json"

    def process_lock(self, process: str) -> Path:
        """Held by the one process of its name: trainer, thinker, trader, supervisor."""
        return self.data / f"{process}.lock"

    def stop_request(self, process: str) -> Path:
        """Asks a process to end in order."""
        return self.hub_data / f"{process}_stop.json"

    def process_record(self, process: str) -> Path:
        """What its supervisor knows of a process that it started."""
        return self.hub_data / f"{process}_process.json"

    def process_output(self, process: str) -> Path:
        """What a process that was started in the background prints."""
        return self.logs / f"{process}.out"

    def events(self, process: str) -> Path:
        """What happened in a process, an event each line."""
        return self.logs / f"{process}_events.jsonl"

    def observers(self, process: str) -> Path:
        """How those are who listen to the events of a process: plugins, Redis, the journal."""
        return self.hub_data / f"{process}_observers.json"

    def candle_cache(self, venue: str) -> Path:
        """Folder of the candles that were downloaded from a venue, such as kucoin or ccxt:kraken."""
        return self.data / "candles" / venue.replace(":", "_")

    @property
    def past_signals(self) -> Path:
        """Folder of what the thinker would have said in the past, a file for each walk of a coin."""
        return self.data / "signals"

    def ledger(self, mode: Environment, account: str = "default") -> Path:
        """Folder with the ledger of one mode and account; paper and live never share one."""
        return self.data / "ledger" / f"{mode}-{account}"

    def paper_account(self, account: str = "default") -> Path:
        """The balances and orders of the paper account."""
        return self.data / "ledger" / f"paper-{account}.account.json"

    def commands(self, mode: Environment, account: str = "default") -> Path:
        """Folder in which a running trader finds what the user wants of it, a file for each wish."""
        return self.data / "ledger" / f"{mode}-{account}.commands"

    def decision_folder(self, mode: Environment, account: str = "default") -> Path:
        """What was decided, a file for each day."""
        return self.data / "ledger" / f"{mode}-{account}.decisions"

    def decisions(self, mode: Environment, account: str, day: date) -> Path:
        """What was decided on one day, a line for each change."""
        return self.decision_folder(mode, account) / f"{day.isoformat()}.jsonl"

    def trader_report(self, mode: Environment, account: str = "default") -> Path:
        """What the trader of one mode and account tells of itself."""
        return self.hub_data / f"trader_{mode}-{account}.json"

    @property
    def training_wishes(self) -> Path:
        """Folder in which the trainer finds the coins that somebody wants to be trained, a file for each."""
        return self.hub_data / "training_wishes"

    @property
    def thinker_report(self) -> Path:
        """What the thinker tells of itself; it is written after the signals it is about."""
        return self.hub_data / "thinker.json"

    def request_budget(self, venue: str) -> Path:
        """What all processes together have asked of one venue lately."""
        return self.data / "budget" / f"{venue}.json"

    def venue_clock(self, venue: str) -> Path:
        """How far a venue's clock is ahead, beside what was asked of it."""
        return self.data / "budget" / f"{venue}.clock"

    def venue_outage(self, venue: str) -> Path:
        """That a venue does not answer; there is no such file while it does."""
        return self.data / "budget" / f"{venue}.outage"

    @property
    def local_exchange(self) -> Path:
        """Folder in which the local exchange keeps its accounts over a restart."""
        return self.root / "data_exchange"

    @property
    def killer(self) -> Path:
        """A file with the word yes stops the trainer."""
        return self.root / "killer.txt"

    def heartbeat(self, process: str) -> Path:
        """When a process last came round, and how it is."""
        return self.hub_data / f"{process}_heartbeat.json"

    def coin(self, coin: CoinSymbol) -> CoinPaths:
        """The files of one coin. Raises ConfigError when it is no coin symbol."""
        return CoinPaths(self.data, coin)

    def current_price(self, coin: CoinSymbol) -> Path:
        """The price file the original's trader leaves in its folder."""
        return self.data / f"{coin_symbol(coin)}_current_price.txt"

    @property
    def original_exports(self) -> Path:
        """How far the original's files were written."""
        return self.hub_data / "original_exports.json"
