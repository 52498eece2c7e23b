"""Draws one coin's tile: two bars of seven segments, or a line with two strips where there are many coins.

Geometry of the bars: HUB section 3.
"""

import tkinter as tk
from dataclasses import dataclass
from functools import partial
from typing import Final

from powertrader.hub.panels.tile_layout import Sizes, Tile, TileGroup
from powertrader.hub.text import text
from powertrader.hub.theme import BOLD, SMALL, Theme
from powertrader.models.signal import HIGHEST_LEVEL
from powertrader.models.types import CoinSymbol

BAR_WIDTH: Final = 12
BAR_HEIGHT: Final = 52
BAR_GAP: Final = 16
BAR_PADDING: Final = 6
START_LINE_PX: Final = 2
BARS_WIDTH: Final = 2 * BAR_WIDTH + BAR_GAP + 2 * BAR_PADDING
BARS_HEIGHT: Final = BAR_HEIGHT + 2 * BAR_PADDING
_WIDEST_LEVELS: Final = 8
_MARGIN: Final = 3
_STRIP_PX: Final = 4
_MARKED_PX: Final = 2
_USUAL_LINE_PX: Final = 15
"""The height of a small line on a screen of 96 dots per inch; with larger fonts the bars grow as well."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle in pixels from the upper left corner of the bars."""

    left: float
    top: float
    right: float
    bottom: float


def segments(bar: int) -> tuple[Bar, ...]:
    """Give the seven segments of bar 0 (long) or 1 (short), from the bottom to the top."""
    left = BAR_PADDING + bar * (BAR_WIDTH + BAR_GAP)
    bottom = BAR_PADDING + BAR_HEIGHT
    edges = [bottom - round(BAR_HEIGHT * number / HIGHEST_LEVEL) for number in range(HIGHEST_LEVEL + 1)]
    return tuple([Bar(left, edges[n + 1], left + BAR_WIDTH, edges[n]) for n in range(HIGHEST_LEVEL)])


def start_line_y(start_level: int) -> float:
    """Give where the line lies that a long level has to pass: below the segment of the start level."""
    number = min(max(start_level, 1), HIGHEST_LEVEL)
    return segments(0)[number - 1].bottom


@dataclass(frozen=True, slots=True)
class Look:
    """How tiles look at this moment: compact ones, the start level, and the one under the pointer."""

    compact: bool
    start_level: int
    marked: CoinSymbol = ""


class TilePen:
    """Draws on one canvas; everything of a coin has the coin's tag."""

    def __init__(self, canvas: tk.Canvas, theme: Theme) -> None:
        """Bind canvas and colours."""
        self._canvas = canvas
        self._theme = theme

    @property
    def scale(self) -> float:
        """How much larger than usual bars are, in halves."""
        return max(1.0, round(2 * self._theme.line_height(SMALL) / _USUAL_LINE_PX) / 2)

    def sizes(self, *, compact: bool) -> Sizes:
        """Give how much room a tile takes with the fonts that hold now."""
        measure, line = self._theme.measure, self._theme.line_height
        heading = line(BOLD) + 4
        if compact:
            levels = text("classic.tile_short", long=_WIDEST_LEVELS, short=_WIDEST_LEVELS)
            width = measure("MMMMM", SMALL) + measure(levels, SMALL) + 3 * _MARGIN
            return Sizes(width, line(SMALL) + _STRIP_PX + _MARGIN, 3, heading)
        levels = text("classic.tile_levels", long=_WIDEST_LEVELS, short=_WIDEST_LEVELS)
        bars_width, bars_height = round(BARS_WIDTH * self.scale), round(BARS_HEIGHT * self.scale)
        width = max(bars_width, measure(levels, SMALL), measure("MMMMM", BOLD)) + 2 * _MARGIN
        return Sizes(width, line(BOLD) + bars_height + line(SMALL) + 2 * _MARGIN, 4, heading)

    def draw(self, tile: Tile, place: tuple[int, int], sizes: Sizes, look: Look) -> None:
        """Draw a tile with its upper left corner at a place; it must not be there already."""
        x, y = place
        palette = self._theme.palette
        is_marked = look.marked == tile.coin
        self._canvas.create_rectangle(
            x + 1,
            y + 1,
            x + sizes.width - 1,
            y + sizes.height - 1,
            fill=palette.panel,
            outline=palette.accent2 if is_marked else palette.border,
            width=_MARKED_PX if is_marked else 1,
            tags=(tag_of(tile.coin), "frame"),
        )
        if look.compact:
            self._draw_compact(tile, place, sizes, look)
        else:
            self._draw_bars(tile, place, sizes, look)

    def draw_heading(self, words: str, y: int, group: TileGroup) -> None:
        """Draw the heading of a group."""
        self._canvas.create_text(
            _MARGIN,
            y + 2,
            anchor="nw",
            text=words,
            font=BOLD,
            fill=self._theme.palette.muted,
            tags=(f"group {group}", "heading"),
        )

    def draw_message(self, words: str, width: int) -> None:
        """Draw what is said in place of tiles."""
        self._canvas.create_text(
            10,
            10,
            anchor="nw",
            text=words,
            font="pt.text",
            width=max(width - 20, 1),
            fill=self._theme.palette.muted,
            tags=("message",),
        )

    def _draw_bars(self, tile: Tile, place: tuple[int, int], sizes: Sizes, look: Look) -> None:
        palette, tag = self._theme.palette, tag_of(tile.coin)
        x, y = place
        colour = palette.accent2 if look.marked == tile.coin else palette.fg
        middle = x + sizes.width / 2
        name = self._fitting(tile.coin, sizes.width - _MARGIN, BOLD)
        self._canvas.create_text(
            middle, y + _MARGIN, anchor="n", text=name, font=BOLD, fill=colour, tags=(tag, "name")
        )
        self._draw_both(tile, (middle, y + _MARGIN + self._theme.line_height(BOLD)), look)
        self._canvas.create_text(
            middle,
            y + sizes.height - _MARGIN,
            anchor="s",
            text=levels_text(tile),
            font=SMALL,
            fill=colour if tile.long is not None else palette.muted,
            tags=(tag, "levels"),
        )

    def _draw_both(self, tile: Tile, upper: tuple[float, float], look: Look) -> None:
        """Draw both bars and the start line below the middle of their upper edge."""
        palette, tag, scale = self._theme.palette, tag_of(tile.coin), self.scale
        left, top = round(upper[0] - BARS_WIDTH * scale / 2), upper[1]
        for bar, (level, filled) in enumerate(((tile.long, palette.long), (tile.short, palette.short))):
            for number, one in enumerate(segments(bar)):
                is_filled = level is not None and number < level
                self._canvas.create_rectangle(
                    left + one.left * scale,
                    top + one.top * scale,
                    left + one.right * scale,
                    top + one.bottom * scale,
                    fill=filled if is_filled else palette.panel,
                    outline=palette.border,
                    tags=(tag, f"bar{bar}", "filled" if is_filled else "empty"),
                )
        line = top + start_line_y(look.start_level) * scale
        self._canvas.create_line(
            left + BAR_PADDING * scale,
            line,
            left + (BARS_WIDTH - BAR_PADDING) * scale,
            line,
            width=START_LINE_PX,
            fill=palette.fg,
            tags=(tag, "start"),
        )

    def _draw_compact(self, tile: Tile, place: tuple[int, int], sizes: Sizes, look: Look) -> None:
        palette, tag = self._theme.palette, tag_of(tile.coin)
        x, y = place
        known = tile.long is not None and tile.short is not None
        colour = palette.accent2 if look.marked == tile.coin else (palette.fg if known else palette.muted)
        levels = (
            text("classic.tile_short", long=tile.long, short=tile.short)
            if known
            else text("classic.tile_none")
        )
        room = sizes.width - 3 * _MARGIN - self._theme.measure(levels, SMALL)
        name = self._fitting(tile.coin, room, SMALL)
        write = partial(self._canvas.create_text, font=SMALL, fill=colour)
        write(x + _MARGIN, y + 2, anchor="nw", text=name, tags=(tag, "name"))
        write(x + sizes.width - _MARGIN, y + 2, anchor="ne", text=levels, tags=(tag, "levels"))
        bottom, half = y + sizes.height - 3, sizes.width / 2
        for level, left, filled, name in (
            (tile.long, x + 3, palette.long, "bar0"),
            (tile.short, x + half + 1, palette.short, "bar1"),
        ):
            if level:
                length = (half - 4) * level / HIGHEST_LEVEL
                self._canvas.create_rectangle(
                    left,
                    bottom - _STRIP_PX,
                    left + length,
                    bottom,
                    fill=filled,
                    outline="",
                    tags=(tag, name, "filled"),
                )

    def _fitting(self, words: str, room: float, font: str) -> str:
        if self._theme.measure(words, font) <= room:
            return words
        while len(words) > 1 and self._theme.measure(f"{words}…", font) > room:
            words = words[:-1]
        return f"{words}…"


def tag_of(coin: CoinSymbol) -> str:
    """Give a coin's tag: its name alone could be a number, which a canvas takes for an item."""
    return f"coin {coin}"


def levels_text(tile: Tile) -> str:
    """Give both levels in words for under the bars."""
    if tile.long is None or tile.short is None:
        return text("classic.tile_none")
    return text("classic.tile_levels", long=tile.long, short=tile.short)
