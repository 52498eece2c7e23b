"""What a person or a script sees of the plugins."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.core.config import TradingConfig
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.mailbox import OBSERVERS, PROCESS, Mailbox
from powertrader.core.paths import HomePaths, find_home, paths_of
from powertrader.core.plugin import installed_plugins, version_of
from powertrader.core.process_identity import running_as
from powertrader.core.storage import FileStore
from powertrader.models.observers import PluginState, PluginStatus

TRADER: Final = "trader"
NOT_ENABLED: Final = "not enabled"
NOT_RUNNING: Final = "no trader runs"
NOT_TOLD: Final = "from the next start"


@dataclass(frozen=True, slots=True)
class _Line:
    """One plugin: the package that offers it, whether it is enabled, and how it is."""

    name: str
    package: str
    enabled: bool
    state: str
    status: PluginStatus | None

    @property
    def needs_a_look(self) -> bool:
        given_up = self.status is not None and self.status.state is PluginState.DISABLED
        return self.enabled and (given_up or self.state == PluginState.MISSING)


def show_plugins(sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Show every installed and every enabled plugin, and give the exit code."""
    config = load_config(sources).config
    lines = _lines(config, _told(paths_of(find_home(home), config.paths.main_neural_dir)))
    if as_json:
        emit_json({"plugins": [_json(line) for line in lines]})
    else:
        _print(lines)
    return exit_codes.DIFFERENT if any(line.needs_a_look for line in lines) else exit_codes.OK


def _told(paths: HomePaths) -> Mapping[str, PluginStatus] | None:
    """Give what a running trader tells of its plugins, None when none runs."""
    mailbox = Mailbox(FileStore(paths.data), paths)
    if running_as(TRADER, paths, lambda: mailbox.read(paths.process_record(TRADER), PROCESS)) is None:
        return None
    report = mailbox.read(paths.observers(TRADER), OBSERVERS)
    return {} if report is None else {one.name: one for one in report.plugins}


def _lines(config: TradingConfig, told: Mapping[str, PluginStatus] | None) -> list[_Line]:
    installed = installed_plugins()
    names = dict.fromkeys((*config.plugins.enabled, *sorted(installed), *(told or {})))
    lines = []
    for name in names:
        entry, status = installed.get(name), (told or {}).get(name)
        enabled = name in config.plugins.enabled
        package = version_of(entry) if entry is not None else ""
        lines.append(_Line(name, package, enabled, _state(told, status, enabled, entry is not None), status))
    return lines


def _state(
    told: Mapping[str, PluginStatus] | None, status: PluginStatus | None, enabled: bool, known: bool
) -> str:
    if status is not None:
        return status.state.value
    if not enabled:
        return NOT_ENABLED
    if not known:
        return PluginState.MISSING.value
    return NOT_RUNNING if told is None else NOT_TOLD


def _print(lines: list[_Line]) -> None:
    console = people()
    if not lines:
        console.print("No plugin is installed; docs/PLUGINS.md says how to write one.")
        return
    table = plain_table("", ("Plugin", "Package", "State"), ("Calls", "Errors", "Missed"))
    for line in lines:
        status = line.status
        counts = ("", "", "") if status is None else (status.calls, status.errors, status.missed)
        table.add_row(line.name, line.package, line.state, *(str(count) for count in counts))
    console.print(table)
    for line in lines:
        if line.status is not None and line.status.reason:
            console.print(f"{line.name}: {line.status.reason}", markup=False, soft_wrap=True)
        elif line.state == PluginState.MISSING:
            console.print(
                f"{line.name} is named in plugins.enabled, and no installed package offers it: install its "
                "package into this environment, or take the name out.",
                markup=False,
                soft_wrap=True,
            )


def _json(line: _Line) -> dict[str, object]:
    status = line.status
    return {
        "name": line.name,
        "package": line.package,
        "enabled": line.enabled,
        "state": line.state,
        "calls": status.calls if status else 0,
        "errors": status.errors if status else 0,
        "missed": status.missed if status else 0,
        "reason": status.reason if status else "",
    }
