"""`powertrader config`: what the settings are, whether they are right, and what each means."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from powertrader.cli import exit_codes
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.output import emit_json, people
from powertrader.core.exceptions import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import JsonValue
    from rich.table import Column

    from powertrader.core.config_sources import LoadedConfig

app = typer.Typer(
    no_args_is_help=True,
    help="Show, check and explain the settings (see docs/CONFIGURATION.md).",
)

PIPE_WIDTH: Final = 10_000
"""Most columns of a table that goes to a file or another program: no row is broken there."""

AsYaml = Annotated[bool, typer.Option("--yaml", help="A YAML file with the defaults instead of Markdown.")]
Archive = Annotated[Path | None, typer.Argument(help="The result.json of a result.")]


@app.command()
def show(
    home: Home = None, config: ConfigFiles = None, overrides: Overrides = None, json_output: JsonFlag = False
) -> int:
    """Print every setting with its value, unit and origin; * marks what differs from the default."""
    from powertrader.core.config_sources import load_config  # noqa: PLC0415  pydantic is slow to import

    loaded = load_config(sources_from(home, config, overrides))
    if json_output:
        emit_json(_as_json(loaded))
    else:
        _print_table(loaded)
    _tell(loaded.notes)
    return exit_codes.OK


@app.command()
def check(
    home: Home = None, config: ConfigFiles = None, overrides: Overrides = None, json_output: JsonFlag = False
) -> int:
    """Print every problem of every source; exit code 0 when there is none, otherwise 2."""
    from powertrader.core.config_sources import SettingsError, load_config  # noqa: PLC0415  pydantic is slow

    problems: Sequence[str] = ()
    notes: Sequence[str] = ()
    missing: Sequence[Path] = ()
    try:
        loaded = load_config(sources_from(home, config, overrides))
        notes, missing = loaded.notes, loaded.missing
    except SettingsError as error:
        problems, notes = error.problems, error.notes
    if json_output:
        emit_json({"valid": not problems, "problems": list(problems), "notes": list(notes)})
    else:
        _tell([*problems, *notes])
        _tell([f"there is no {path}, and none is needed: every setting has a default" for path in missing])
        _tell(
            [
                f"{len(problems)} problem{'s' if len(problems) > 1 else ''}"
                if problems
                else "the settings are valid"
            ]
        )
    return exit_codes.USAGE if problems else exit_codes.OK


@app.command()
def docs(yaml: AsYaml = False) -> int:
    """Print the reference of every setting: default, unit, bounds and what it does."""
    from powertrader.core.config_docs import markdown_reference, yaml_reference  # noqa: PLC0415  pydantic

    sys.stdout.write(yaml_reference() if yaml else markdown_reference())
    return exit_codes.OK


@app.command(name="hash")
def hash_(
    archive: Archive = None,
    home: Home = None,
    config: ConfigFiles = None,
    overrides: Overrides = None,
    json_output: JsonFlag = False,
) -> int:
    """Print the hash of the settings in force, or of settings that were saved with a result."""
    from powertrader.core.config import config_hash  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_sources import load_config  # noqa: PLC0415  as above

    if archive is None:
        digits = config_hash(load_config(sources_from(home, config, overrides)).config)
    elif config or overrides:
        msg = f"{archive} is complete: --config and --set cannot change it"
        raise ConfigError(msg)
    else:
        digits = _hash_of_archive(archive)
    if json_output:
        emit_json({"config_hash": digits})
    else:
        sys.stdout.write(f"{digits}\n")
    return exit_codes.OK


def _hash_of_archive(archive: Path) -> str:
    """Hash the settings in a result.json, or a file that holds nothing but settings."""
    from powertrader.core.config import hash_of_tree  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_layers import json_object  # noqa: PLC0415  as above

    content = json_object(archive)
    sections = content.get("config", content)
    if isinstance(sections, dict) and sections and all(isinstance(one, dict) for one in sections.values()):
        try:
            return hash_of_tree(sections)
        except ValueError as error:
            msg = f"{archive} holds a setting that is no finite number: {error}"
            raise ConfigError(msg) from error
    msg = f"{archive} holds no settings, must be the result.json of a result"
    raise ConfigError(msg)


def _as_json(loaded: "LoadedConfig") -> dict[str, object]:
    from powertrader.core.config import config_hash  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_keys import settings  # noqa: PLC0415  as above

    values = _values(loaded)
    return {
        "config_hash": config_hash(loaded.config),
        "settings": {
            name: {
                "value": values[name],
                "default": setting.default,
                "changed": values[name] != setting.default,
                "unit": setting.key.unit,
                "source": loaded.provenance[name],
            }
            for name, setting in settings().items()
        },
        "notes": list(loaded.notes),
        "missing": [str(path) for path in loaded.missing],
    }


def _print_table(loaded: "LoadedConfig") -> None:
    from rich.console import Console  # noqa: PLC0415  `powertrader --help` must not pay for rich
    from rich.table import Table  # noqa: PLC0415  as above

    from powertrader.core.config import config_hash  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.config_keys import settings  # noqa: PLC0415  as above

    values = _values(loaded)
    table = Table(*_columns(), caption=f"config hash {config_hash(loaded.config)}")
    for name, setting in settings().items():
        mark = "*" if values[name] != setting.default else ""
        table.add_row(mark, name, _text(values[name]), setting.key.unit, loaded.provenance[name])
    width = None if sys.stdout.isatty() else PIPE_WIDTH
    Console(highlight=False, markup=False, width=width).print(table)


def _columns() -> "list[Column]":
    from rich.table import Column  # noqa: PLC0415  as in _print_table

    return [Column(title, overflow="fold") for title in ("", "Setting", "Value", "Unit", "From")]


def _values(loaded: "LoadedConfig") -> "dict[str, JsonValue]":
    tree = loaded.config.model_dump(mode="json")
    return {f"{section}.{name}": value for section, each in tree.items() for name, value in each.items()}


def _text(value: "JsonValue") -> str:
    if isinstance(value, list):
        return ", ".join(map(_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _tell(lines: "Sequence[str]") -> None:
    console = people()
    for line in lines:
        console.print(line, markup=False, soft_wrap=True)
