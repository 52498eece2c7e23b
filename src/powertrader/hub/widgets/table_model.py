"""The rows behind a table: what is there, what the filter lets through, and in which order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

Anchor: TypeAlias = Literal["w", "center", "e"]
SortKey: TypeAlias = float | str | None
"""What a cell is sorted by; None stands last, whichever way the column is sorted."""

_SENTENCE_PX: Final = 150


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, its width in pixels before it is scaled, and where its text stands."""

    key: str
    title: str
    width: int = 110
    anchor: Anchor = "center"

    @property
    def has_sentences(self) -> bool:
        """Tell whether its cells are words to be read, which stand at the left of a wide column."""
        return self.anchor == "w" and self.width >= _SENTENCE_PX


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a text for each column, and what each is sorted by, the text itself when order is empty.

    key tells rows apart and stays the same for the same thing. tag names the colour of the row.
    """

    key: str
    cells: tuple[str, ...]
    order: tuple[SortKey, ...] = ()
    tag: str = ""


@dataclass(frozen=True, slots=True)
class TableState:
    """How a user left a table: column it is sorted by, "" for none, and widths by column."""

    sorted_by: str = ""
    descending: bool = False
    widths: tuple[tuple[str, int], ...] = ()


AS_MADE: Final = TableState()


@dataclass(slots=True)
class _Filter:
    wanted: str = ""
    haystacks: dict[str, str] = field(default_factory=dict)
    """The rows' texts in small letters; empty while nothing is filtered."""


class TableModel:
    """Rows by key, in the order they were given or in that of a column."""

    def __init__(self, columns: Iterable[Column]) -> None:
        """Hold no rows yet."""
        self.columns = tuple(columns)
        self._places: Final = {column.key: place for place, column in enumerate(self.columns)}
        self._rows: dict[str, Row] = {}
        self._filter = _Filter()
        self._sorted_by = ""
        self._descending = False
        self._visible: tuple[str, ...] | None = None
        self._positions: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Mapping[str, Row]:
        """All rows by key, in the order they were given."""
        return self._rows

    @property
    def wanted(self) -> str:
        """What rows are filtered by, "" for all."""
        return self._filter.wanted

    @property
    def sorting(self) -> tuple[str, bool]:
        """The column that rows are sorted by, "" for none, and whether from large to small."""
        return self._sorted_by, self._descending

    @property
    def visible(self) -> tuple[str, ...]:
        """The keys of the rows that the filter lets through, as they are sorted."""
        if self._visible is None:
            is_filtered = bool(self._filter.wanted)
            keys = [key for key in self._rows if self._passes(key)] if is_filtered else list(self._rows)
            self._visible = tuple(self._in_order(keys))
        return self._visible

    def place_of(self, key: str) -> int | None:
        """Give the place of a row among the visible ones, None when it is not among them."""
        if self._positions is None:
            self._positions = {one: place for place, one in enumerate(self.visible)}
        return self._positions.get(key)

    def show(self, rows: Iterable[Row]) -> None:
        """Replace all rows."""
        self._rows = {row.key: row for row in rows}
        self._filter.haystacks.clear()
        self._forget_order()

    def put(self, rows: Iterable[Row]) -> None:
        """Change the rows of these keys, and append those that are new."""
        for row in rows:
            if self._rows.get(row.key) != row:
                self._rows[row.key] = row
                self._filter.haystacks.pop(row.key, None)
                self._forget_order()

    def drop(self, keys: Iterable[str]) -> None:
        """Remove rows; a key without one is passed over."""
        for key in keys:
            if self._rows.pop(key, None) is not None:
                self._filter.haystacks.pop(key, None)
                self._forget_order()

    def sort(self, column: str, *, descending: bool) -> None:
        """Sort by a column from now on; "" and unknown ones give the order in which rows came."""
        self._sorted_by = column if column in self._places else ""
        self._descending = descending and bool(self._sorted_by)
        self._forget_order()

    def filter(self, wanted: str) -> None:
        """Show only rows that hold each of these words, in whichever cell."""
        self._filter.wanted = wanted.strip().casefold()
        if not self._filter.wanted:
            self._filter.haystacks.clear()
        self._forget_order()

    def first_beginning_with(self, typed: str, after: int) -> int | None:
        """Give the place of the next row whose first cell begins so, None when there is none."""
        beginning = typed.casefold()
        keys = self.visible
        for step in range(len(keys)):
            place = (after + step) % len(keys)
            if self._rows[keys[place]].cells[0].casefold().startswith(beginning):
                return place
        return None

    def _forget_order(self) -> None:
        self._visible = None
        self._positions = None

    def _passes(self, key: str) -> bool:
        haystack = self._filter.haystacks.get(key)
        if haystack is None:
            haystack = self._filter.haystacks[key] = "\t".join(self._rows[key].cells).casefold()
        return all(word in haystack for word in self._filter.wanted.split())

    def _in_order(self, keys: list[str]) -> list[str]:
        place = self._places.get(self._sorted_by)
        if place is None:
            return keys
        sort_keys = {key: self._sort_key(key, place) for key in keys}
        known = [key for key in keys if sort_keys[key] is not None]
        unknown = [key for key in keys if sort_keys[key] is None]
        known.sort(key=lambda key: _comparable(sort_keys[key]), reverse=self._descending)
        return known + unknown

    def _sort_key(self, key: str, place: int) -> SortKey:
        row = self._rows[key]
        return row.order[place] if row.order else row.cells[place].casefold()


def _comparable(key: SortKey) -> tuple[int, float, str]:
    """Give a key that numbers and texts of one column can be compared by: numbers first."""
    if isinstance(key, str):
        return (1, 0.0, key)
    return (0, key or 0.0, "")
