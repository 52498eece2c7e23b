"""`powertrader original-name`: what pt_trainer.py and its like call, with their arguments and folders."""

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from powertrader.cli.options import GUI_SETTINGS_VARIABLE
from powertrader.core.screen import has_screen

if TYPE_CHECKING:
    from powertrader.core.paths import HomePaths

ORIGINAL_SETTINGS: Final = "POWERTRADER_GUI_SETTINGS"
ORIGINAL_HUB_DATA: Final = "POWERTRADER_HUB_DIR"
MAIN_FOLDER: Final = "PT__PATHS__MAIN_NEURAL_DIR"
DEFAULT_COIN: Final = "BTC"
LOOK_EVERY_S: Final = 0.5
"""How often a training that waits looks whether its turn has come."""
NO_SCREEN: Final = (
    "There is no screen to open the window on. Instead this shows all workers here, as `powertrader up` "
    "does; Ctrl-C stops them."
)


def original_name(
    program: Annotated[str, typer.Argument(help="trainer, thinker, trader or hub.")],
    words: Annotated[list[str] | None, typer.Argument(help="The original's arguments.")] = None,
) -> int:
    """Do what one of the original's programs does, where it was started and with its environment.

    The home is PT_HOME, else the one whose data folder this was started in, else the usual one.
    """
    from powertrader.cli.main import main  # noqa: PLC0415  it imports this module

    hub = ["hub"] if has_screen() else ["up"]
    commands = {"trainer": _trainer(words or []), "thinker": ["thinker"], "trader": ["trader"], "hub": hub}
    if program not in commands:
        msg = f"program was {program!r}, must be one of {', '.join(commands)}"
        raise typer.BadParameter(msg)
    paths = _take_environment(Path.cwd())
    if hub == ["up"] and program == "hub":
        sys.stderr.write(f"{NO_SCREEN}\n")
    if program != "trainer":
        return main(commands[program])
    with _turn(paths):
        return main(commands[program])


def _trainer(words: list[str]) -> list[str]:
    """Spell a training as the original does: the coin, else BTC; what follows it has no effect."""
    coin = words[0].strip().upper() if words else DEFAULT_COIN
    if words[1:]:
        sys.stderr.write(
            f"{words[1]} has no effect, as in the original; to forget what was learnt before: "
            f"`powertrader trainer {coin} --reprocess`\n"
        )
    return ["trainer", coin]


@contextmanager
def _turn(paths: "HomePaths") -> Iterator[None]:
    """Wait until no other training runs: the original's window starts those of all coins at once."""
    from powertrader.core.clock import SystemClock  # noqa: PLC0415  only for trainings
    from powertrader.core.exceptions import ConfigError  # noqa: PLC0415  as above
    from powertrader.core.storage_lock import exclusive, is_held  # noqa: PLC0415  as above

    clock, told = SystemClock(), False
    with ExitStack() as place:
        while True:
            try:
                place.enter_context(exclusive(paths.process_lock("trainer_queue")))
                break
            except ConfigError:
                if not told:
                    sys.stderr.write("another training runs; this one waits for it\n")
                told = True
                clock.sleep(LOOK_EVERY_S)
        while is_held(paths.process_lock("trainer")):
            clock.sleep(LOOK_EVERY_S)
        yield


def _take_environment(place: Path) -> "HomePaths":
    """Put what the original reads from its environment where PowerTrader looks for it; give the home."""
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
    return paths
