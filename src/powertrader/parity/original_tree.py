"""The throw-away folder in which an original script runs, and the user's folder it is copied from."""

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from powertrader.core.exceptions import BadData

SCRIPTS: Final[Mapping[str, str]] = {
    "trainer": "pt_trainer.py",
    "thinker": "pt_thinker.py",
    "trader": "pt_trader.py",
}
SETTINGS: Final = "gui_settings.json"
_FIRST_SETTINGS_TIME_S: Final = 1_000_000_000
_UNFINISHED: Final = ".tmp"
"""Ending of files that a script was about to put in the place of another."""


@dataclass(frozen=True, slots=True)
class OriginalScripts:
    """The scripts of a user's folder by kind, each with its sha256; the folder is only read."""

    folder: Path
    hashes: Mapping[str, str]

    @classmethod
    def found_in(cls, folder: Path) -> "OriginalScripts":
        """Find the scripts in a folder. Raises BadData when there is none that can be read."""
        try:
            found = {kind: folder / name for kind, name in SCRIPTS.items() if (folder / name).is_file()}
            hashes = {kind: hashlib.sha256(path.read_bytes()).hexdigest() for kind, path in found.items()}
        except OSError as error:
            msg = f"the original scripts in {folder} cannot be read: {error.strerror or error}"
            raise BadData(msg) from error
        if not hashes:
            names = ", ".join(SCRIPTS.values())
            msg = f"{folder} holds none of {names}; give the folder of your PowerTrader_AI with --original"
            raise BadData(msg)
        return cls(folder, hashes)

    def copied_into(self, target: Path) -> frozenset[str]:
        """Copy the scripts and the modules beside them; give the names of the copies."""
        names = frozenset(path.name for path in self.folder.glob("*.py") if path.is_file())
        for name in names:
            shutil.copyfile(self.folder / name, target / name)
        return names


class WorkTree:
    """A folder of files as texts; what is copied into it at the start is left out."""

    def __init__(self, root: Path, scripts: OriginalScripts) -> None:
        """Copy the scripts into an empty folder."""
        self.root = root
        self._copies = scripts.copied_into(root)
        self._settings_time_s = _FIRST_SETTINGS_TIME_S

    def change(self, files: Mapping[str, Any]) -> None:
        """Write, keep the time of, or delete files as a case says (golden/FORMAT.md, file tree)."""
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink(missing_ok=True)
            else:
                self._write(path, content)

    def texts(self) -> dict[str, str]:
        """Give the text of every file by its path with `/`; bytes that are no UTF-8 are kept apart."""
        found = {}
        for path in sorted(self._files()):
            name = path.relative_to(self.root).as_posix()
            if name not in self._copies and not name.endswith(_UNFINISHED):
                found[name] = path.read_bytes().decode("utf-8", "surrogateescape")
        return found

    def _files(self) -> Iterator[Path]:
        for folder, _, names in os.walk(self.root):
            yield from (Path(folder) / name for name in names)

    def _write(self, path: Path, content: Any) -> None:
        given = content if isinstance(content, Mapping) else {"text": content}
        before = path.stat() if given.get("keep_mtime") and path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(given["text"].encode("utf-8"))
        if before is not None:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        elif path.name == SETTINGS:
            # a later time than before, however quickly one follows the other
            self._settings_time_s += 10
            os.utime(path, (self._settings_time_s, self._settings_time_s))
