"""Everything an original folder holds, read and checked; the folder and the home stay as they are."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.original_folder import OriginalFolder, find_original
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.migration.books import BooksFound, read_books
from powertrader.migration.item import Item
from powertrader.migration.keys import KeysFound, read_keys
from powertrader.migration.memories import CoinFound, read_coin
from powertrader.migration.running import RunningProgram, running_programs
from powertrader.migration.scripts import read_scripts
from powertrader.migration.settings import SettingsFound, read_original_settings

_ELSEWHERE: Final = "name a home outside it with --home FOLDER"


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found. running names the original's programs that work in the folder now."""

    original: OriginalFolder
    coins: tuple[CoinFound, ...]
    settings: SettingsFound
    books: BooksFound
    keys: KeysFound
    scripts: tuple[Item, ...]
    running: tuple[RunningProgram, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every file that is imported, in the order of writing."""
        learnt = tuple(item for coin in self.coins for item in coin.items)
        settings = () if self.settings.item is None else (self.settings.item,)
        return (*self.scripts, *learnt, *settings, *self.books.items)

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be taken over as it should be, a sentence each."""
        found = [*self.settings.problems, *self.books.problems]
        for coin in self.coins:
            inside = [problem for one in coin.timeframes for problem in one.problems]
            found += [f"{coin.coin}: {problem}" for problem in (*coin.problems, *inside)]
        return (*found, self.keys.problem) if self.keys.problem else tuple(found)

    @property
    def was_live(self) -> bool:
        """Tell whether real money was traded, as the original has no other way."""
        return bool(self.books.trades.count or self.books.positions or self.keys.found)


def original_for(folder: Path, home: HomePaths) -> OriginalFolder:
    """Find the parts of an original's folder that is to be imported into a home.

    Raises ConfigError when it is no such folder, or one of the two lies in the other.
    """
    original = find_original(folder)
    _refuse_overlap(original, home)
    return original


def survey(folder: Path, home: HomePaths, redactor: Redactor) -> Survey:
    """Read and check a folder for a home. Raises what original_for raises."""
    original = original_for(folder, home)
    return Survey(
        original,
        tuple(read_coin(original, coin, home.coin(coin)) for coin in original.trained_coins()),
        read_original_settings(original, home.gui_settings),
        read_books(original, home),
        read_keys(original, redactor),
        read_scripts(original, home),
        running_programs(original),
    )


def _refuse_overlap(original: OriginalFolder, home: HomePaths) -> None:
    """An import must never write into the folder it reads. Raises ConfigError."""
    data, theirs = home.data.resolve(), (original.root, original.main, original.hub_data)
    if data in theirs and home.main_neural_dir is not None:
        msg = (
            f"paths.main_neural_dir of this home names the original's folder {data}: take it out of the "
            "home's settings, or both would write there"
        )
        raise ConfigError(msg)
    if data in theirs and data != original.root:
        msg = f"its settings name {data} of this home: `powertrader switch-backend original` first"
        raise ConfigError(msg)
    for mine in (data, home.root.resolve()):
        for folder in theirs:
            if mine.is_relative_to(folder):
                msg = f"the home {mine} lies in the original's folder {folder}; {_ELSEWHERE}"
                raise ConfigError(msg)
            if folder.is_relative_to(mine):
                msg = f"the original's folder {folder} lies in the home {mine}; {_ELSEWHERE}"
                raise ConfigError(msg)
