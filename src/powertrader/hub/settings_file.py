"""gui_settings.json as the window writes it: what somebody else changed meanwhile is never written over."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from powertrader.core.config_draft import Value, read_setting, text_of, values_of
from powertrader.core.config_keys import resolve, settings
from powertrader.core.config_layers import json_object, migrate
from powertrader.core.config_watch import save_gui_settings
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage import FileStore
from powertrader.hub.view import SettingsView


@dataclass(frozen=True, slots=True)
class Clash:
    """A setting that the file has otherwise than it was when the editing began; both as text."""

    name: str
    in_file: str
    wanted: str


class SettingsClash(ConfigError):
    """The file was changed meanwhile, in what is to be saved: nothing was written; ask the user."""

    def __init__(self, clashes: tuple[Clash, ...]) -> None:
        """Keep what the file has."""
        self.clashes = clashes
        names = ", ".join(one.name for one in clashes)
        super().__init__(f"changed meanwhile in the file: {names}")


def save_changes(
    path: Path, changes: Mapping[str, Value], base: SettingsView, *, force: bool = False
) -> None:
    """Write changes into the file, over the settings they were made from.

    Raises SettingsClash when the file has other values for them by now and it is not forced, and
    ConfigError when the file or the changes cannot be used; the file is then untouched.
    """
    clashes = () if force else clashes_of(path, changes, base)
    if clashes:
        raise SettingsClash(clashes)
    save_gui_settings(path, changes)


def clashes_of(path: Path, changes: Mapping[str, Value], base: SettingsView) -> tuple[Clash, ...]:
    """Name what the file has otherwise than the settings that the changes were made from."""
    content = json_object(path) if path.exists() else {}
    spelled = {resolve(name): value for name, value in content.items()}
    before = values_of(base.config)
    found = []
    for name, wanted in changes.items():
        if spelled.get(name) is not None:
            in_file = _meant(name, spelled[name])
        elif base.provenance.get(name) == str(path):
            in_file = text_of(settings()[name].default)
        else:
            continue
        if in_file not in {text_of(before[name]), text_of(wanted)}:
            found.append(Clash(name, in_file, text_of(wanted)))
    return tuple(found)


def begin_anew(path: Path, base: SettingsView) -> Path:
    """Put a file aside that cannot be used, write the settings in force anew, and give the old one's place.

    Written is what differs from its default and is not given by another source.
    """
    aside = FileStore().quarantine(path)
    values = values_of(base.config)
    kept = {
        name: values[name]
        for name, setting in settings().items()
        if values[name] != setting.default and base.provenance.get(name, str(path)) == str(path)
    }
    save_gui_settings(path, kept)
    return aside


def _meant(name: str, written: Value) -> str:
    value, _ = migrate(settings()[name], written)
    reading = read_setting(
        name, text_of(value if isinstance(value, str | list | bool | int | float) else None)
    )
    return text_of(written if reading.problem else reading.value)
