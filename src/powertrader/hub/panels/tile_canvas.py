"""The canvas of all tiles: scrolls, draws the rows in sight, and tells which coin is pointed at or chosen."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.panels.tile_layout import (
    Tile,
    TileGroup,
    TileLayout,
    TileRow,
    TileWish,
    arranged,
    laid_out,
)
from powertrader.hub.panels.tile_pen import Look, TilePen, tag_of
from powertrader.hub.text import text
from powertrader.hub.theme import Theme
from powertrader.hub.widgets.scroll_frame import LEAST_PX, AutoScrollbar
from powertrader.hub.widgets.wheel import bind_wheel
from powertrader.models.types import CoinSymbol

_STEP_PX: Final = 20
_KEYS: Final = (("<Left>", -1, 0), ("<Right>", 1, 0), ("<Up>", 0, -1), ("<Down>", 0, 1))


class TileCanvas(ttk.Frame):
    """Shows tiles. choose is called with the coin that is clicked, point with the one under the pointer.

    point gets an empty name when the pointer leaves. Arrow keys point as well, Return chooses.
    """

    def __init__(
        self,
        parent: tk.Misc,
        theme: Theme,
        choose: Callable[[CoinSymbol], None],
        point: Callable[[CoinSymbol], None],
    ) -> None:
        """Make it empty."""
        super().__init__(parent)
        self._theme, self._choose, self._point = theme, choose, point
        self.canvas: Final = tk.Canvas(
            self,
            borderwidth=0,
            highlightthickness=1,
            takefocus=1,
            yscrollincrement=_STEP_PX,
            height=LEAST_PX,
            width=LEAST_PX,
        )
        self._pen = TilePen(self.canvas, theme)
        self._look = Look(compact=False, start_level=1)
        self._wish = TileWish()
        self._tiles: tuple[Tile, ...] = ()
        self._layout: TileLayout = laid_out((), 1, self._pen.sizes(compact=False))
        self._drawn: Sequence[TileRow] = ()
        self._shown: dict[CoinSymbol, Tile] = {}
        self._place()
        self._bind()
        theme.on_change(self._restyle)
        self._restyle()

    @property
    def layout(self) -> TileLayout:
        """Where all tiles stand."""
        return self._layout

    @property
    def tile_height(self) -> int:
        """The height of a tile with bars, in pixels."""
        return self._pen.sizes(compact=False).height

    @property
    def drawn(self) -> tuple[CoinSymbol, ...]:
        """The coins whose tiles are drawn now."""
        return tuple([tile.coin for row in self._drawn for tile in row.tiles])

    @property
    def marked(self) -> CoinSymbol:
        """The coin that is pointed at, empty for none."""
        return self._look.marked

    def look(self, *, compact: bool, start_level: int) -> None:
        """Draw tiles compact or not, with the line of this start level, from the next `show` on."""
        new = Look(compact, start_level, self._look.marked)
        if new != self._look:
            self._look = new
            self._shown.clear()

    def show(self, tiles: tuple[Tile, ...], wish: TileWish) -> None:
        """Show what the user wishes of these tiles; only what changed is drawn."""
        self._tiles, self._wish = tiles, wish
        self._arrange()

    def mark(self, coin: CoinSymbol) -> None:
        """Point at a coin, at none when the name is empty."""
        before = self._look.marked
        if coin == before:
            return
        self._look = Look(self._look.compact, self._look.start_level, coin)
        for one in (before, coin):
            self._redraw(one)
        self.canvas.configure(cursor="hand2" if coin else "")
        self._point(coin)

    def see(self, coin: CoinSymbol) -> None:
        """Scroll until a coin's tile is in sight."""
        found = self._layout.find(coin)
        height = max(self._layout.height, 1)
        if found is None:
            return
        row = self._layout.rows[found[0]]
        top, shown = self.canvas.canvasy(0), self.canvas.winfo_height()
        if row.y < top:
            self.canvas.yview_moveto(max(row.y - self._layout.sizes.gap, 0) / height)
        elif row.y + row.height > top + shown:
            self.canvas.yview_moveto((row.y + row.height - shown + _STEP_PX) / height)

    def _place(self) -> None:
        bar = AutoScrollbar(self, orient="vertical", command=self.canvas.yview)

        def scrolled(first: float, last: float) -> None:
            bar.set(first, last)
            self._draw()

        self.canvas.configure(yscrollcommand=scrolled)
        self.canvas.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)

    def _bind(self) -> None:
        canvas = self.canvas
        bind_wheel(canvas, self._scroll)
        canvas.bind("<Configure>", lambda _: self._arrange())
        canvas.bind("<Motion>", lambda event: self.mark(self._coin_at(event)))
        canvas.bind("<Leave>", lambda _: self.mark(""))
        canvas.bind("<Button-1>", self._clicked)
        canvas.bind("<Return>", lambda _: self._choose(self.marked) if self.marked else None)
        for key, right, down in _KEYS:
            canvas.bind(key, partial(self._move, right, down))

    def _scroll(self, units: int) -> None:
        if self._layout.height > self.canvas.winfo_height():
            self.canvas.yview_scroll(units * 2, "units")

    def _coin_at(self, event: "tk.Event[tk.Canvas]") -> CoinSymbol:
        tile = self._layout.at(int(self.canvas.canvasx(event.x)), int(self.canvas.canvasy(event.y)))
        return "" if tile is None else tile.coin

    def _clicked(self, event: "tk.Event[tk.Canvas]") -> None:
        coin = self._coin_at(event)
        if coin:
            self._choose(coin)

    def _move(self, right: int, down: int, _event: "tk.Event[tk.Canvas]") -> str:
        tile = self._layout.neighbour(self.marked, right, down)
        if tile is not None:
            self.mark(tile.coin)
            self.see(tile.coin)
        return "break"

    def _restyle(self) -> None:
        palette = self._theme.palette
        self.canvas.configure(
            background=palette.bg, highlightbackground=palette.bg, highlightcolor=palette.accent2
        )
        self._shown.clear()
        self._arrange()

    def _arrange(self) -> None:
        """Place all tiles anew, and draw those that stand elsewhere or have changed."""
        width = self.canvas.winfo_width()
        if width <= 1:
            return
        sizes = self._pen.sizes(compact=self._look.compact)
        groups = arranged(self._tiles, self._wish, self._look.start_level)
        layout = laid_out(groups, width, sizes)
        if layout != self._layout or not self._shown:
            self._take(layout, width)
        self._draw()

    def _take(self, layout: TileLayout, width: int) -> None:
        if _places(layout) != _places(self._layout) or not self._shown:
            self.canvas.delete("all")
            self._drawn, self._shown = (), {}
        self._layout = layout
        self.canvas.configure(scrollregion=(0, 0, width, max(layout.height, 1)))
        if not layout.rows:
            self._say_nothing(width)

    def _say_nothing(self, width: int) -> None:
        wanted = self._wish.filtered.strip()
        words = text("classic.no_match", wanted=wanted) if self._tiles else text("classic.no_coins")
        self._pen.draw_message(words, width)

    def _draw(self) -> None:
        """Draw the rows in sight; tiles that are drawn already and say the same stay as they are."""
        top = int(self.canvas.canvasy(0))
        rows = self._layout.between(top, top + self.canvas.winfo_height())
        if {row.y for row in rows} != {row.y for row in self._drawn}:
            self.canvas.delete("all")
            self._shown.clear()
        for row in rows:
            self._draw_row(row)
        self._drawn = rows

    def _draw_row(self, row: TileRow) -> None:
        if row.heading is not None:
            self.canvas.delete(f"group {row.heading}")
            words = text("classic.group", name=_group_name(row.heading), count=f"{row.count:,}")
            self._pen.draw_heading(words, row.y, row.heading)
        for number, tile in enumerate(row.tiles):
            if self._shown.get(tile.coin) != tile:
                self.canvas.delete(tag_of(tile.coin))
                self._pen.draw(tile, (self._layout.x_of(number), row.y), self._layout.sizes, self._look)
                self._shown[tile.coin] = tile

    def _redraw(self, coin: CoinSymbol) -> None:
        if self._shown.pop(coin, None) is not None:
            self._draw()


def _group_name(group: TileGroup) -> str:
    return text(f"classic.group_{group}")


def _places(layout: TileLayout) -> tuple[object, ...]:
    """Give where every tile stands, whatever it shows."""
    return layout.sizes, tuple(
        [(row.y, row.heading, tuple([one.coin for one in row.tiles])) for row in layout.rows]
    )
