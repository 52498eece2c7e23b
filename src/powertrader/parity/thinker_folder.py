"""The working folder of a recorded thinker run, kept in memory, with what changes in it."""

import json
from collections.abc import Mapping
from typing import Any


class Folder:
    """Texts by relative path, and a modification time that rises with every change."""

    def __init__(self, files: Mapping[str, Any]) -> None:
        """Start with the files of a case."""
        self._texts: dict[str, str] = {}
        self._modified: dict[str, int] = {}
        self._clock = 0
        self._before: dict[str, str] = {}
        self.change(files)

    def change(self, files: Mapping[str, Any]) -> None:
        """Apply the changes of a case and start a new delta; see golden/FORMAT.md, file tree."""
        for path, content in files.items():
            if content is None:
                self._texts.pop(path, None)
                self._modified.pop(path, None)
            elif isinstance(content, str):
                self.write(path, content)
            else:
                kept = self._modified.get(path) if content.get("keep_mtime") else None
                self.write(path, content["text"])
                self._modified[path] = self._clock if kept is None else kept
        self._before = dict(self._texts)

    def read(self, path: str) -> str | None:
        """Give the text of a file, None when there is none."""
        return self._texts.get(path)

    def modified(self, path: str) -> int | None:
        """Give the modification time of a file, None when there is none."""
        return self._modified.get(path)

    def write(self, path: str, text: str) -> None:
        """Set the text of a file."""
        self._clock += 1
        self._texts[path] = text
        self._modified[path] = self._clock

    def write_json(self, path: str, content: object) -> None:
        """Set a file to JSON with an indent of two blanks."""
        self.write(path, json.dumps(content, indent=2))

    def texts(self) -> dict[str, str]:
        """Give the text of every file by its path."""
        return dict(self._texts)

    def delta(self) -> dict[str, Any]:
        """Give what differs since the last change of the case, as a case records it."""
        changed = sorted(path for path, text in self._texts.items() if self._before.get(path) != text)
        return {path: _recorded(path, self._texts[path]) for path in changed}


def _recorded(path: str, text: str) -> dict[str, Any]:
    if path.endswith(".json"):
        return {"json": json.loads(text)}
    return {"text": text}
