"""The columns of a table: how wide they are, and their headings in one or two lines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.widgets.table_model import Column, Row

LEAST_WIDTH_PX: Final = 60
MOST_WIDTH_PX: Final = 420
_BESIDE_CELL_PX: Final = 8
"""What a cell needs beside its text; its longest text is not always the widest."""
_BORDERS_PX: Final = 4
"""What the tree needs beside its columns."""
_BESIDE_HEADING_PX: Final = 14
_WIDENED_BY_HEADING_PX: Final = (160, 120, 84)
"""So wide may a heading make its column, the less the narrower the window; then it ends with dots."""
_LOW_ROWS: Final = 5
"""A table that is lower than so many rows has its headings in one line: rows matter more there."""
PLAIN: Final = "Treeview"
SMALL: Final = "Small.Treeview"
"""The styles of tables; a small one has smaller letters."""
_ELLIPSIS: Final = "…"


class TableColumns:
    """Scales columns with the window, never below what their texts need: a cut number is a wrong one."""

    def __init__(
        self, tree: ttk.Treeview, columns: Sequence[Column], widths: Iterable[tuple[str, int]]
    ) -> None:
        """Bind the tree, whose columns have these keys; widths are those the user gave them."""
        self._tree = tree
        self._plain = str(tree.cget("style")) or PLAIN
        self._tall = f"Tall.{self._plain}"
        self.titles: dict[str, str] = {column.key: column.title for column in columns}
        self._arrows: Mapping[str, str] = {}
        self._wanted = {column.key: column.width for column in columns}
        self._wanted |= {key: px for key, px in widths if key in self._wanted}
        self._needed = dict.fromkeys(self._wanted, LEAST_WIDTH_PX)
        self._by_heading = dict.fromkeys(self._wanted, LEAST_WIDTH_PX)
        self._measured_low: bool | None = None
        self._longest = dict.fromkeys(self._wanted, "")
        # a sentence may be cut where its table is narrow, unlike a number
        sentences = {column.key: column.width for column in columns if column.has_sentences}
        self._most = dict.fromkeys(self._wanted, MOST_WIDTH_PX) | sentences
        for column in columns:
            tree.column(column.key, anchor=column.anchor, stretch=False, minwidth=LEAST_WIDTH_PX)

    @property
    def wanted(self) -> tuple[tuple[str, int], ...]:
        """The width of each column as the user or the table's maker gave it."""
        return tuple(self._wanted.items())

    def on_click(self, sort: Callable[[str], None]) -> None:
        """Call sort with the column whose heading is clicked."""
        for key in self._wanted:
            self._tree.heading(key, command=partial(sort, key))

    def title(self, column: str) -> str:
        """Give a heading in one line, with the arrow of the sorting."""
        return self.titles[column] + self._arrows.get(column, "")

    def is_cut(self, column: str) -> bool:
        """Tell whether a part of a heading cannot be read."""
        return _ELLIPSIS in str(self._tree.heading(column, "text"))

    def heading_px(self) -> int:
        """Give the height of the headings."""
        height = self._heading_line_px()
        is_tall = str(self._tree.cget("style")) == self._tall
        return (2 * height + 6 if is_tall else height + 8) + _BORDERS_PX

    def show_titles(self, titles: Mapping[str, str], arrows: Mapping[str, str]) -> None:
        """Give columns headings, and arrows behind those that rows are sorted by."""
        self.titles |= titles
        self._arrows = arrows
        self.restyle()

    def fit(self, rows: Iterable[Row]) -> None:
        """Widen columns as far as the texts of these rows need."""
        rows = tuple(rows)
        grew = False
        for place, key in enumerate(self._wanted):
            longest = max((row.cells[place] for row in rows), key=len, default="")
            if len(longest) > len(self._longest[key]):
                self._longest[key] = longest
                needed = max(self._needed[key], min(self._most[key], self._needed_by(longest)))
                grew |= needed > self._needed[key]
                self._needed[key] = needed
        if grew:
            self.place()

    def restyle(self) -> None:
        """Measure all texts anew: there are other headings, or other fonts."""
        self._measured_low = None
        for key, longest in self._longest.items():
            self._needed[key] = max(LEAST_WIDTH_PX, min(self._most[key], self._needed_by(longest)))
        self.place()

    def place(self) -> None:
        """Fill the window with the columns."""
        for key, width in self._widths().items():
            if int(self._tree.column(key, "width")) != width:
                self._tree.column(key, width=width)
        self._show_headings()

    def dragged(self) -> bool:
        """Take the widths that the user has dragged columns to; tell whether there are other ones."""
        now = {key: int(self._tree.column(key, "width")) for key in self._wanted}
        if now == self._widths():
            return False
        self._wanted = now
        # who makes a column narrow on purpose may cut its texts
        self._needed = {key: min(px, now[key]) for key, px in self._needed.items()}
        self._by_heading = {key: min(px, now[key]) for key, px in self._by_heading.items()}
        self._show_headings()
        return True

    def _widths(self) -> dict[str, int]:
        room = self._tree.winfo_width() - _BORDERS_PX
        if room <= 1:
            return self._wanted
        self._measure_headings()
        tried = [
            [max(px, min(most, self._by_heading[key])) for key, px in self._needed.items()]
            for most in _WIDENED_BY_HEADING_PX
        ]
        # a table that has to be scrolled anyway need not cut its headings
        least = next((widths for widths in tried if sum(widths) <= room), tried[1])
        return dict(zip(self._wanted, scaled_widths(self._wanted.values(), room, least), strict=True))

    def _show_headings(self) -> None:
        measure, fits = (
            partial(self._measure, f"{self._plain}.Heading"),
            shortened if self._is_low() else two_lines,
        )
        shown = {}
        for key in self._wanted:
            room = int(self._tree.column(key, "width")) - _BESIDE_HEADING_PX
            shown[key] = fits(self.title(key), room, measure)
            self._tree.heading(key, text=shown[key])
        is_tall = any("\n" in words for words in shown.values())
        if is_tall:
            style = ttk.Style(self._tree)
            height = self._heading_line_px()
            # Tk leaves room for one line, at whose top it begins with the first
            style.configure(f"{self._tall}.Heading", padding=(4, 3, 4, 3 + height))
        if str(self._tree.cget("style")) != (self._tall if is_tall else self._plain):
            self._tree.configure(style=self._tall if is_tall else self._plain)

    def _is_low(self) -> bool:
        row = int(ttk.Style(self._tree).lookup(self._plain, "rowheight") or 20)
        return 1 < self._tree.winfo_height() < _LOW_ROWS * row

    def _needed_by(self, cell: str) -> int:
        return self._measure(self._plain, cell) + _BESIDE_CELL_PX

    def _measure_headings(self) -> None:
        """Know how wide headings make their columns, in one line or two."""
        is_low = self._is_low()
        if is_low == self._measured_low:
            return
        self._measured_low = is_low
        measure = partial(self._measure, f"{self._plain}.Heading")
        for key in self._wanted:
            title = self.title(key)
            shown = title if is_low else two_lines(title, 0, measure, cut=False)
            widest = max(measure(line) for line in shown.split("\n")) + _BESIDE_HEADING_PX
            self._by_heading[key] = widest

    def _heading_line_px(self) -> int:
        font = self._font(f"{self._plain}.Heading")
        return int(self._tree.tk.call("font", "metrics", font, "-linespace"))

    def _font(self, style: str) -> str:
        return str(ttk.Style(self._tree).lookup(style, "font") or "TkDefaultFont")

    def _measure(self, style: str, words: str) -> int:
        return int(self._tree.tk.call("font", "measure", self._font(style), words))


def two_lines(words: str, room: int, measure: Callable[[str], int], *, cut: bool = True) -> str:
    """Give words in one line, or in two that are as equal as they can be.

    cut: what still does not fit ends with dots.
    """
    if measure(words) <= room:
        return words
    places = [place for place, letter in enumerate(words) if letter == " "]
    splits: list[tuple[str, ...]] = [(words[:place], words[place + 1 :]) for place in places]
    lines = min(splits or [(words,)], key=lambda lines: max(measure(line) for line in lines))
    return "\n".join(shortened(line, room, measure) if cut else line for line in lines)


def shortened(words: str, room: int, measure: Callable[[str], int]) -> str:
    """Give words that fit, with … in place of what does not."""
    if measure(words) <= room:
        return words
    end = len(words) - 1
    while end > 1 and measure(words[:end] + _ELLIPSIS) > room:
        end -= 1
    return words[:end].rstrip() + _ELLIPSIS


def scaled_widths(wanted: Iterable[int], available: int, least: Sequence[int]) -> list[int]:
    """Give the widths of columns that fill the available pixels in these proportions, within their bounds.

    Each is at least as wide as least says and at most MOST_WIDTH_PX. When even the smallest ones do not
    fit they are given all the same: the table is then scrolled.
    """
    shares = dict(enumerate(wanted))
    widths: dict[int, int] = {}
    while shares:
        total, rest = sum(shares.values()), available - sum(widths.values())
        scaled = {place: rest * share // total if total else 0 for place, share in shares.items()}
        bounded = {place: min(MOST_WIDTH_PX, max(least[place], px)) for place, px in scaled.items()}
        grown = sum(bounded.values()) - sum(scaled.values())
        # those that the bounds change most are fixed, and the others share what is left anew
        fixed = {
            place: px
            for place, px in bounded.items()
            if not grown or (px > scaled[place] if grown > 0 else px < scaled[place])
        }
        widths |= fixed
        shares = {place: share for place, share in shares.items() if place not in fixed}
    return [widths[place] for place in sorted(widths)]
