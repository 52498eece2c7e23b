"""A user's PowerTrader_AI folder: where each of its files lies. Nothing here changes it.

The main folder holds BTC, with every other coin in a subfolder; main_neural_dir and hub_data_dir of
gui_settings.json may lie elsewhere. Source: golden/BEHAVIOUR.md 0.1, 3.1 and 3.9.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.core.coin_paths import ROOT_COIN, CoinPaths
from powertrader.core.exceptions import ConfigError
from powertrader.core.hub_files import HubFiles
from powertrader.core.original_format import decode
from powertrader.core.symbols import coin_symbol
from powertrader.models.types import CoinSymbol

SCRIPTS: Final = ("pt_hub.py", "pt_thinker.py", "pt_trader.py", "pt_trainer.py")
SCRIPT_KEYS: Final = ("script_neural_runner2", "script_neural_trainer", "script_trader")
"""The settings by which the original hub finds the programs it starts."""
SETTINGS_FILE: Final = "gui_settings.json"
BYTE_ORDER_MARK: Final = "\ufeff"
_HUB_DATA: Final = "hub_data"
_TRAINED: Final = ("memories_*.txt", "trainer_last_training_time.txt", "neural_perfect_threshold_*.txt")


@dataclass(frozen=True, slots=True)
class OriginalFolder(HubFiles):
    """root has scripts, settings and keys, main has memories and signals, hub_data the books.

    notes say in plain words which folders the settings name that are not there.
    """

    root: Path
    main: Path
    hub_data: Path
    notes: tuple[str, ...] = ()

    @property
    def settings(self) -> Path:
        """The hub's settings."""
        return self.root / SETTINGS_FILE

    @property
    def key_file(self) -> Path:
        """The API key, plain text."""
        return self.root / "b_key.txt"

    @property
    def secret_file(self) -> Path:
        """The API secret, plain text."""
        return self.root / "b_secret.txt"

    def coin(self, coin: CoinSymbol) -> CoinPaths:
        """Give the files of one coin, in the main folder or, where that has none, beside the scripts."""
        found = CoinPaths(self.main, coin)
        if is_trained(found.base):
            return found
        others = (CoinPaths(self.root, coin), _in_subfolder(self.main, coin))
        return next((each for each in others if is_trained(each.base)), found)

    def trained_coins(self) -> tuple[CoinSymbol, ...]:
        """Give every coin that something was learnt about, BTC first, then by name."""
        found = {coin for folder in (self.main, self.root) for coin in _coin_folders(folder)}
        root = {ROOT_COIN} if is_trained(self.coin(ROOT_COIN).base) else set()
        return (*root, *sorted(found - {ROOT_COIN}))


def find_original(folder: Path) -> OriginalFolder:
    """Find the parts of an original's folder.

    Raises ConfigError when it is no such folder, saying what was looked for.
    """
    root = _followed(folder)
    if not root.is_dir():
        msg = f"{folder} is no folder; name the one that holds {SCRIPTS[2]} and {SETTINGS_FILE}"
        raise ConfigError(msg)
    settings = settings_of(root / SETTINGS_FILE)
    main, about_main = _named_folder(root, settings, "main_neural_dir", root)
    hub_data, about_hub = _named_folder(root, settings, "hub_data_dir", root / _HUB_DATA)
    found = OriginalFolder(root, main, hub_data, (*about_main, *about_hub))
    if not _is_original(found):
        raise ConfigError(_not_original(root))
    return found


def settings_of(path: Path) -> Mapping[str, object]:
    """Give what a gui_settings.json holds; nothing when it cannot be read."""
    try:
        found = json.loads(settings_text(path.read_bytes()))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def settings_text(raw: bytes) -> str:
    """Give the text of a settings file, without the mark that some editors put before it."""
    return decode(raw).removeprefix(BYTE_ORDER_MARK)


def is_trained(folder: Path) -> bool:
    """Tell whether a folder holds what a training leaves."""
    return any(next(folder.glob(pattern), None) is not None for pattern in _TRAINED)


def _is_original(found: OriginalFolder) -> bool:
    books = (found.trade_history, found.pnl_ledger, found.account_value_history)
    files = (*(found.root / name for name in SCRIPTS), found.settings, *books)
    return any(path.is_file() for path in files) or bool(found.trained_coins())


def _not_original(root: Path) -> str:
    below = [child for child in _subfolders(root) if any((child / name).is_file() for name in SCRIPTS)]
    advice = f"; did you mean {below[0]}?" if below else "; name the folder of your PowerTrader_AI"
    return (
        f"{root} is no PowerTrader_AI folder: it has none of {', '.join(SCRIPTS)}, no {SETTINGS_FILE}, "
        f"no trained coin and no books in {_HUB_DATA}{advice}"
    )


def _named_folder(
    root: Path, settings: Mapping[str, object], key: str, otherwise: Path
) -> tuple[Path, tuple[str, ...]]:
    named = settings.get(key)
    text = named.strip() if isinstance(named, str) else ""
    if not text:
        return otherwise, ()
    folder = root / text
    if folder.is_dir():
        return _followed(folder), ()
    return otherwise, (f"{key} names {text}, which is no folder here: {otherwise} is read instead",)


def _followed(folder: Path) -> Path:
    try:
        return folder.expanduser().resolve()
    except (OSError, RuntimeError, ValueError) as error:
        msg = f"folder {str(folder)!r} cannot be followed: {error}; name it by its full path"
        raise ConfigError(msg) from error


def _subfolders(folder: Path) -> Iterator[Path]:
    try:
        yield from sorted(child for child in folder.iterdir() if child.is_dir())
    except OSError:
        return


def _coin_folders(folder: Path) -> Iterator[CoinSymbol]:
    for child in _subfolders(folder):
        try:
            coin = coin_symbol(child.name)
        except ConfigError:
            continue
        # a folder in small letters is none of the original's, except where the system sees no difference
        if is_trained(CoinPaths(folder, coin).base if coin != ROOT_COIN else child):
            yield coin


def _in_subfolder(main: Path, coin: CoinSymbol) -> CoinPaths:
    """Give the files of BTC in a subfolder of its own, where some copies of the original keep it."""
    return _SubfolderPaths(main, coin)


class _SubfolderPaths(CoinPaths):
    def __init__(self, base_dir: Path, coin: CoinSymbol) -> None:
        super().__init__(base_dir, coin)
        self.base = base_dir / self.coin
