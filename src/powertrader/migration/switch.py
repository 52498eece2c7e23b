"""Which programs the original's window starts: its own, or ours with the data of a home.

Only its gui_settings.json is changed, whole and at once, with a copy of it beside; memories, books and keys
of both sides stay as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.original_folder import SCRIPT_KEYS, OriginalFolder, find_original, settings_text
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.storage_lock import is_held
from powertrader.migration.running import running_programs
from powertrader.models.snapshot import PROCESSES, WORKERS

FOLDER_KEYS: Final = ("main_neural_dir", "hub_data_dir")
SWITCHED: Final = (*FOLDER_KEYS, *SCRIPT_KEYS)
DEFAULTS: Final[Mapping[str, str]] = {
    "main_neural_dir": "",
    "hub_data_dir": "",
    "script_neural_runner2": "pt_thinker.py",
    "script_neural_trainer": "pt_trainer.py",
    "script_trader": "pt_trader.py",
}
STARTER_HEAD: Final = '"""Starts PowerTrader for the original window; switch_backend.py removes this file."""'
STARTER: Final = """{head}

import os
import runpy

os.environ.setdefault("PT_HOME", {home!r})
os.environ.setdefault("POWERTRADER_GUI_SETTINGS", {settings!r})
runpy.run_path({script!r}, run_name="__main__")
"""


class Backend(StrEnum):
    """Whose programs the window starts."""

    ORIGINAL = "original"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Switch:
    """What is switched: a folder's settings, to and from a home's data. names has the scripts to start."""

    original: OriginalFolder
    home: HomePaths
    names: Path

    @property
    def backup(self) -> Path:
        """The settings as they were; empty when there were none."""
        return self.original.root / "gui_settings.json.before_switch"

    def starter(self, program: str) -> Path:
        """The file that the window starts; it lies where the window looks for a coin's trainer."""
        return self.home.data / f"pt_{program}.py"

    def starter_text(self, program: str) -> str:
        """Give what starts a program, also from a copy of the file in another folder."""
        script = self.names / f"pt_{program}.py"
        settings = self.original.settings
        home = str(self.home.root.resolve())
        return STARTER.format(head=STARTER_HEAD, home=home, settings=str(settings), script=str(script))


def backend_of(folder: Path) -> tuple[Backend, Path]:
    """Say whose programs a folder's window starts, and which trader that is.

    Raises ConfigError when it is no original's folder, or its settings are damaged.
    """
    original = find_original(folder)
    found = _parsed(original.settings, FileStore().read_bytes(original.settings) or b"")
    trader = original.root / str(found.get("script_trader") or DEFAULTS["script_trader"])
    return (Backend.NEW if _is_starter(FileStore(), trader) else Backend.ORIGINAL), trader


def switch_to_new(switch: Switch) -> str:
    """Let the window start our programs on the home's data, and say what was done.

    Raises ConfigError when a program of either side runs, or nothing was imported into the home.
    """
    if backend_of(switch.original.root)[0] is Backend.NEW:
        return "the new programs are started already; nothing was changed"
    _refuse_running(switch)
    if not switch.home.migration_record.is_file():
        msg = f"nothing was imported into {switch.home.root}: migrate {switch.original.root} first"
        raise ConfigError(msg)
    store = FileStore()
    before = store.read_bytes(switch.original.settings) or b""
    after = _switched(switch, _parsed(switch.original.settings, before))
    for program in WORKERS:
        store.write_text(switch.starter(program), switch.starter_text(program))
    store.write_bytes(switch.backup, before, durable=True)
    store.write_bytes(switch.original.settings, after, durable=True)
    return f"its window starts the new programs now, with the data in {switch.home.data}"


def switch_to_original(switch: Switch) -> str:
    """Let the window start its own programs again, and say what was done.

    The settings are as before to the byte, unless somebody changed them meanwhile: then those changes stay.
    Raises ConfigError when a program of either side runs.
    """
    store = FileStore()
    backend, trader = backend_of(switch.original.root)
    if backend is Backend.ORIGINAL:
        # what a switch that was broken off has left
        _remove_starters(switch, store)
        store.remove(switch.backup)
        return "the original's programs are started already; nothing was changed"
    # whichever home it was switched to
    switch = replace(switch, home=HomePaths(trader.parent.parent, trader.parent))
    _refuse_running(switch)
    settings = switch.original.settings
    now, before = store.read_bytes(settings) or b"", store.read_bytes(switch.backup)
    earlier = _parsed(switch.backup, before or b"")
    said = "its window starts the original's programs again, with the settings of before"
    if before is not None and now == _switched(switch, earlier):
        _put_back(store, settings, before)
    else:
        store.write_bytes(settings, _changed_back(_parsed(settings, now), earlier), durable=True)
        said = (
            "its window starts the original's programs again; what was changed in its settings meanwhile "
            "stays, only the folders and scripts are those of before"
        )
    _remove_starters(switch, store)
    store.remove(switch.backup)
    return said


def _put_back(store: FileStore, settings: Path, before: bytes) -> None:
    if before:
        store.write_bytes(settings, before, durable=True)
    else:
        store.remove(settings)


def _switched(switch: Switch, before: Mapping[str, object]) -> bytes:
    changes = {
        "main_neural_dir": str(switch.home.data),
        "hub_data_dir": str(switch.home.hub_data),
        "script_neural_runner2": str(switch.starter("thinker")),
        "script_neural_trainer": str(switch.starter("trainer")),
        "script_trader": str(switch.starter("trader")),
    }
    return _text({**before, **changes})


def _changed_back(now: Mapping[str, object], earlier: Mapping[str, object]) -> bytes:
    kept = {key: value for key, value in now.items() if key not in SWITCHED}
    places = {
        key: earlier[key] if earlier else DEFAULTS[key] for key in SWITCHED if key in (earlier or DEFAULTS)
    }
    return _text({**kept, **places})


def _text(settings: Mapping[str, object]) -> bytes:
    return json.dumps(settings, indent=2, ensure_ascii=False).encode()


def _remove_starters(switch: Switch, store: FileStore) -> None:
    """Remove what was written for the window, and the trainers it copied into the coins' folders."""
    for program in WORKERS:
        name = switch.starter(program).name
        for path in (switch.starter(program), *switch.home.data.glob(f"*/{name}")):
            if _is_starter(store, path):
                store.remove(path)


def _is_starter(store: FileStore, path: Path) -> bool:
    return (store.read_bytes(path) or b"").startswith(STARTER_HEAD.encode())


def _parsed(path: Path, raw: bytes) -> Mapping[str, object]:
    """Give the settings in some bytes, none in no bytes. Raises ConfigError when they are damaged."""
    if not raw:
        return {}
    try:
        found = json.loads(settings_text(raw))
    except (ValueError, RecursionError) as error:
        msg = f"{path} is damaged ({error}); correct it, the switch keeps everything else in it"
        raise ConfigError(msg) from error
    if not isinstance(found, dict):
        msg = f"{path} must hold an object with keys; correct it first"
        raise ConfigError(msg)
    return found


def _refuse_running(switch: Switch) -> None:
    theirs = [f"{one.script} (process {one.pid})" for one in running_programs(switch.original)]
    ours = [name for name in PROCESSES if is_held(switch.home.process_lock(name))]
    if theirs:
        msg = f"the original runs: {', '.join(theirs)}; close its window and stop its programs first"
        raise ConfigError(msg)
    if ours:
        msg = f"PowerTrader runs in {switch.home.root}: {', '.join(ours)}; `powertrader stop` first"
        raise ConfigError(msg)
