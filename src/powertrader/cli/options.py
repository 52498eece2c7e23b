"""The options that commands share, and the settings sources they stand for."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

if TYPE_CHECKING:
    from powertrader.core.config_sources import ConfigSources

GUI_SETTINGS_VARIABLE: Final = "PT_GUI_SETTINGS"
"""Names a gui_settings.json in place of that of the home, such as the one of the original's window."""

Home: TypeAlias = Annotated[
    Path | None,
    typer.Option("--home", help="Folder with config, logs, results and data; else PT_HOME, else found."),
]
ConfigFiles: TypeAlias = Annotated[
    list[Path] | None,
    typer.Option(
        "--config",
        exists=True,
        dir_okay=False,
        help="YAML file with settings; may be repeated, the later counts more.",
    ),
]
Overrides: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help="One setting, such as dca.multiplier=1.5; repeatable."),
]
CandleFolder: TypeAlias = Annotated[
    Path | None,
    typer.Option("--candles", help="Folder with candle files; else a bundled synthetic market."),
]
NamedCoins: TypeAlias = Annotated[
    list[str] | None, typer.Argument(help="Coins, such as BTC ETH; else those of the settings.")
]
Repair: TypeAlias = Annotated[
    bool, typer.Option("--repair", help="Leave wrong candle rows out and say which.")
]
JsonFlag: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object on standard output.")
]


def sources_from(
    home: Path | None = None,
    config_files: Sequence[Path] | None = None,
    overrides: Sequence[str] | None = None,
) -> "ConfigSources":
    """Give the settings sources of one command line: its options, the environment and the home's files."""
    from powertrader.core.config_sources import ConfigSources  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.paths import HomePaths, find_home  # noqa: PLC0415  only with settings

    paths = HomePaths(find_home(home))
    window = os.environ.get(GUI_SETTINGS_VARIABLE, "").strip()
    return ConfigSources(
        yaml_files=tuple(config_files or (paths.trading_config,)),
        gui_settings=Path(window) if window else paths.gui_settings,
        dotenv=paths.dotenv,
        environment=dict(os.environ),
        overrides=tuple(overrides or ()),
    )
