"""The working folder of a recorded trader case, in memory."""

import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from powertrader.core.original_signals import parse_level
from powertrader.models.signal import SignalView

SETTINGS: Final = "gui_settings.json"
_BOUND_DIGITS: Final = 12
_SEPARATORS: Final = str.maketrans({",": " ", ";": " ", "|": " "})


class RecordedFolder:
    """Files by path, the folders they made, and the time stamp of the settings file."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Start with these files."""
        self.files: dict[str, str] = {}
        self.folders = {".", "hub_data"}
        self.settings_version = 0
        self.change(files)

    def change(self, files: Mapping[str, Any]) -> None:
        """Write, keep or delete files as a case says."""
        for path, value in files.items():
            if value is None:
                self.files.pop(path, None)
                continue
            keeps_time = path in self.files and isinstance(value, dict) and bool(value.get("keep_mtime"))
            self.write(path, value["text"] if isinstance(value, dict) else value)
            if path == SETTINGS and not keeps_time:
                self.settings_version += 1

    def write(self, path: str, text: str) -> None:
        """Write one file; its folders come into being."""
        self.files[path] = text
        self.folders.update(str(parent) for parent in PurePosixPath(path).parents)

    def append(self, path: str, line: str) -> None:
        """Add one line to a file."""
        self.write(path, f"{self.files.get(path, '')}{line}\n")

    def resolved(self, folder: str) -> str | None:
        """Give the name of an existing folder below the working folder, None for any other text."""
        name = str(PurePosixPath(folder))
        return name if name in self.folders else None

    def signal(self, main_folder: str, coin: str) -> SignalView:
        """Read a coin's signal as the original does: what cannot be read counts as 0 (Q43, Q49)."""
        folder = PurePosixPath(main_folder) if coin == "BTC" else PurePosixPath(main_folder) / coin
        long, short, bounds = (
            self.files.get(str(folder / name))
            for name in ("long_dca_signal.txt", "short_dca_signal.txt", "low_bound_prices.html")
        )
        return SignalView(parse_level(long), parse_level(short), shown_bounds(bounds or ""))


def shown_bounds(text: str) -> tuple[float, ...]:
    """Give the levels of a bounds file that the status may show, highest first (3.8)."""
    levels: dict[float, float] = {}
    for part in text.strip().strip("[]()").translate(_SEPARATORS).split():
        try:
            level = float(part)
        except ValueError:
            continue
        levels.setdefault(round(level, _BOUND_DIGITS), level)
    return tuple(sorted(levels.values(), reverse=True))


def delta(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, Any]:
    """Describe the files that differ, in the form of the recording."""
    changed = sorted(path for path in {*before, *after} if before.get(path) != after.get(path))
    return {path: _described(path, before.get(path, ""), after.get(path)) for path in changed}


def _described(path: str, before: str, after: str | None) -> Any:
    if after is None:
        return None
    if path.endswith(".jsonl") and after.startswith(before):
        return {"append": [json.loads(line) for line in after[len(before) :].splitlines()]}
    if path.endswith(".json"):
        try:
            return {"json": json.loads(after)}
        except ValueError:
            return {"text": after}
    return {"text": after}
