"""`powertrader original-name`: what pt_trainer.py and its like call, with their arguments and folders."""

import os
import sys
from pathlib import Path
from typing import Annotated, Final

import typer

from powertrader.cli.options import GUI_SETTINGS_VARIABLE

ORIGINAL_SETTINGS: Final = "POWERTRADER_GUI_SETTINGS"
ORIGINAL_HUB_DATA: Final = "POWERTRADER_HUB_DIR"
MAIN_FOLDER: Final = "PT__PATHS__MAIN_NEURAL_DIR"
DEFAULT_COIN: Final = "BTC"
NO_WINDOW: Final = (
    "PowerTrader has no window yet: it comes with a later version. Until then this shows all workers here, "
    "as `powertrader up` does; Ctrl-C stops them. The original's own window works too: docs/MIGRATION.md."
)


def original_name(
    program: Annotated[str, typer.Argument(help="trainer, thinker, trader or hub.")],
    words: Annotated[list[str] | None, typer.Argument(help="The original's arguments.")] = None,
) -> int:
    """Do what one of the original's programs does, where it was started and with its environment.

    The home is PT_HOME, else the one whose data folder this was started in, else the usual one.
    """
    from powertrader.cli.main import main  # noqa: PLC0415  it imports this module

    commands = {"trainer": _trainer(words or []), "thinker": ["thinker"], "trader": ["trader"], "hub": ["up"]}
    if program not in commands:
        msg = f"program was {program!r}, must be one of {', '.join(commands)}"
        raise typer.BadParameter(msg)
    _take_environment(Path.cwd())
    if program == "hub":
        sys.stderr.write(f"{NO_WINDOW}\n")
    return main(commands[program])


def _trainer(words: list[str]) -> list[str]:
    """Spell a training as the original does: the coin, else BTC; what follows has one meaning at most."""
    return ["trainer", *([words[0].strip().upper(), *words[1:2]] if words else [DEFAULT_COIN])]


def _take_environment(place: Path) -> None:
    """Put what the original reads from its environment and its folder where PowerTrader looks for it."""
    from powertrader.cli.options import sources_from  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_sources import read_sources  # noqa: PLC0415  as above
    from powertrader.core.paths import HOME_VARIABLE, find_home, home_around, paths_of  # noqa: PLC0415  as above

    around = home_around(place)
    if not os.environ.get(HOME_VARIABLE, "").strip() and around is not None:
        os.environ[HOME_VARIABLE] = str(around)
    root = find_home(None)
    main_folder = read_sources(sources_from(root)).config.paths.main_neural_dir
    paths = paths_of(root, main_folder)
    named = os.environ.get(ORIGINAL_SETTINGS, "").strip()
    if named and Path(named).is_file():
        # its main_neural_dir may be the original's own folder, which must stay as it is
        os.environ.setdefault(GUI_SETTINGS_VARIABLE, named)
        os.environ[MAIN_FOLDER] = main_folder
    shown = os.environ.get(ORIGINAL_HUB_DATA, "").strip()
    if shown and Path(shown).resolve() != paths.hub_data.resolve():
        sys.stderr.write(
            f"{ORIGINAL_HUB_DATA} names {shown}, which is left alone: PowerTrader writes its files to "
            f"{paths.hub_data}; scripts/switch_backend.py new lets the original's window read them there\n"
        )
