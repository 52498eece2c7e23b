"""`powertrader switch-backend`: let the original's window start our programs, and its own again."""

from pathlib import Path
from typing import Annotated, Final

import typer

from powertrader.cli import exit_codes
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.output import emit_json, people

NAMES: Final = Path("scripts") / "original_names"
CHOICES: Final = ("original", "new", "status")


def switch_backend(
    backend: Annotated[str, typer.Argument(help="original, new, or status to only look.")],
    *,
    folder: Annotated[Path, typer.Option("--folder", help="The PowerTrader_AI folder with its window.")],
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Say or change whose trainer, thinker and trader the original's window starts.

    Only its gui_settings.json is changed, and put back to the byte. Refused while anything runs.
    """
    from powertrader.core.config_sources import read_sources  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.original_folder import find_original  # noqa: PLC0415  as above
    from powertrader.core.paths import find_home, paths_of  # noqa: PLC0415  as above
    from powertrader.migration import switch as switching  # noqa: PLC0415  as above

    if backend not in CHOICES:
        msg = f"the backend was {backend!r}, must be one of {', '.join(CHOICES)}"
        raise typer.BadParameter(msg)
    said = ""
    if backend != "status":
        loaded = read_sources(sources_from(home, config, settings))
        paths = paths_of(find_home(home).resolve(), loaded.config.paths.main_neural_dir)
        switch = switching.Switch(find_original(folder), paths, _names())
        act = switching.switch_to_new if backend == "new" else switching.switch_to_original
        said = act(switch)
    active, trader = switching.backend_of(folder)
    if as_json:
        emit_json({"backend": active.value, "script_trader": trader, "done": said})
    text = f"{said[:1].upper()}{said[1:]}. " if said else ""
    people().print(f"{text}Started are: {active.value} ({trader})", markup=False, soft_wrap=True)
    return exit_codes.OK


def _names() -> Path:
    """Find the scripts with the original's names. Raises ConfigError outside a checkout."""
    from powertrader.core.exceptions import ConfigError  # noqa: PLC0415  only needed here

    names = Path(__file__).resolve().parents[3] / NAMES
    if not names.is_dir():
        msg = f"{names} is missing: the switch needs a checkout of PowerTrader, see README.md"
        raise ConfigError(msg)
    return names
