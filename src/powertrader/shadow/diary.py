"""What a shadow run found, kept in our own home: every difference as a line, and counts by day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Final, TypeAlias

from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore
from powertrader.models.moment import iso_text
from powertrader.shadow.finding import Finding

PREFIX: Final = "shadow_"
DIFFERENCES: Final = "differences.jsonl"
SUMMARY: Final = "summary.json"
SCHEMA: Final = 1
Counts: TypeAlias = dict[str, int]


class Diary:
    """The folder of one run. Every write raises StorageError."""

    def __init__(self, folder: Path, original: Path, store: FileStore, began: datetime) -> None:
        """Bind the folder, which is made with the first write."""
        self.folder = folder
        self._original = original
        self._store = store
        self._began = began
        self._days: dict[str, Counts] = {}
        self._last: Counts = {}

    @property
    def totals(self) -> Counts:
        """The counts of the whole run."""
        return dict(self._last)

    def note(self, finding: Finding) -> None:
        """Keep one difference."""
        line = asdict(finding) | {"at": iso_text(finding.at), "sentence": finding.sentence}
        self._store.append_bytes(
            self.folder / DIFFERENCES, f"{json.dumps(line, ensure_ascii=False)}\n".encode()
        )

    def count(self, totals: Mapping[str, int], now: datetime) -> None:
        """Take the counts of the run so far; what is new belongs to this day (UTC)."""
        day = self._days.setdefault(now.date().isoformat(), {})
        for name, number in totals.items():
            day[name] = day.get(name, 0) + number - self._last.get(name, 0)
        self._last = dict(totals)

    def save(self, now: datetime) -> None:
        """Write the counts."""
        content = {
            "schema": SCHEMA,
            "original": str(self._original),
            "began": iso_text(self._began),
            "until": iso_text(now),
            "days": self._days,
            "totals": self._last,
        }
        self._store.write_json(self.folder / SUMMARY, content)


def days_of(results: Path, original: Path, store: FileStore) -> Iterator[tuple[str, Counts]]:
    """Give by day the counts of every run beside one installation. Raises BadData for a damaged summary."""
    merged: dict[str, Counts] = {}
    for path in sorted(results.glob(f"{PREFIX}*/{SUMMARY}")):
        found = store.read_json(path, {})
        days = found.get("days") if isinstance(found, dict) else None
        if not isinstance(found, dict) or not isinstance(days, dict):
            msg = f"{path} is no summary of a shadow run; move it away"
            raise BadData(msg)
        if found.get("original") != str(original):
            continue
        for day, counts in days.items():
            known = merged.setdefault(day, {})
            for name, number in counts.items():
                known[name] = known.get(name, 0) + int(number)
    yield from sorted(merged.items())
