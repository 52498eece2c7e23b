"""Where the tiles of all coins stand: filtered, sorted, grouped, in rows of which only some are in sight.

Pure geometry and order; it knows no widget.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from powertrader.models.signal import HIGHEST_LEVEL
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class Tile:
    """One coin: its levels from 0 to 7, None without a signal, and its gain in percent while it is held."""

    coin: CoinSymbol
    long: int | None = None
    short: int | None = None
    gain_pct: float | None = None


class Order(StrEnum):
    """By what tiles are sorted."""

    LISTED = "listed"
    LEVEL = "level"
    GAIN = "gain"
    NAME = "name"


class TileGroup(StrEnum):
    """What tiles of one group have in common."""

    ALL = "all"
    READY = "ready"
    """Long at or above the start level and short at 0: what the trader asks for."""
    QUIET = "quiet"
    SHORT = "short"
    SILENT = "silent"
    """No signal."""


@dataclass(frozen=True, slots=True)
class TileWish:
    """What the user wants to see: coins with filtered in their name, sorted, in groups or not."""

    filtered: str = ""
    order: Order = Order.LISTED
    grouped: bool = False


@dataclass(frozen=True, slots=True)
class Sizes:
    """Pixels of a tile, the gap around it, and the height of a group's heading."""

    width: int
    height: int
    gap: int
    heading: int


@dataclass(frozen=True, slots=True)
class TileRow:
    """Tiles side by side from y on, or a group's heading with how many coins it has."""

    y: int
    height: int
    tiles: tuple[Tile, ...] = ()
    heading: TileGroup | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class TileLayout:
    """All rows from top to bottom, and the height of all."""

    rows: tuple[TileRow, ...]
    height: int
    sizes: Sizes
    tops: tuple[int, ...]

    def between(self, top: int, bottom: int) -> Sequence[TileRow]:
        """Give the rows of which something is between two heights."""
        first = max(0, bisect_right(self.tops, top) - 1)
        return self.rows[first : bisect_right(self.tops, bottom)]

    def x_of(self, number: int) -> int:
        """Give the left edge of a row's tile."""
        return self.sizes.gap + number * (self.sizes.width + self.sizes.gap)

    def at(self, x: int, y: int) -> Tile | None:
        """Give the tile at a place, None between tiles."""
        for row in self.between(y, y):
            number, inside = divmod(x - self.sizes.gap, self.sizes.width + self.sizes.gap)
            if 0 <= number < len(row.tiles) and inside < self.sizes.width and y < row.y + row.height:
                return row.tiles[number]
        return None

    def find(self, coin: CoinSymbol) -> tuple[int, int] | None:
        """Give row and place of a coin's tile."""
        for number, row in enumerate(self.rows):
            for place, tile in enumerate(row.tiles):
                if tile.coin == coin:
                    return number, place
        return None

    def neighbour(self, coin: CoinSymbol, right: int, down: int) -> Tile | None:
        """Give the tile beside, above or below a coin's; the first one for a coin that is not there."""
        rows = [row for row in self.rows if row.tiles]
        flat = [tile for row in rows for tile in row.tiles]
        place = next((number for number, tile in enumerate(flat) if tile.coin == coin), None)
        if place is None:
            return flat[0] if flat else None
        if right:
            return flat[min(max(place + right, 0), len(flat) - 1)]
        number = next(number for number, row in enumerate(rows) if any(one.coin == coin for one in row.tiles))
        column = [tile.coin for tile in rows[number].tiles].index(coin)
        row = rows[min(max(number + down, 0), len(rows) - 1)]
        return row.tiles[min(column, len(row.tiles) - 1)]


def tile_of(view: CoinView) -> Tile:
    """Give a coin's tile; levels outside 0 to 7 count as the nearest of these."""
    signal, position = view.signal, view.position
    held = position is not None and position.quantity > 0
    gain = position.gain_at_bid_pct if position is not None and held else None
    if signal is None:
        return Tile(view.coin, gain_pct=gain)
    return Tile(view.coin, _level(signal.long_level), _level(signal.short_level), gain)


def group_of(tile: Tile, start_level: int) -> TileGroup:
    """Give the group a tile stands in."""
    if tile.long is None or tile.short is None:
        return TileGroup.SILENT
    if tile.short > 0:
        return TileGroup.SHORT
    return TileGroup.READY if tile.long >= start_level else TileGroup.QUIET


def arranged(tiles: Iterable[Tile], wish: TileWish, start_level: int) -> list[tuple[TileGroup, list[Tile]]]:
    """Give the tiles the user wants to see, by group; groups without a tile are left out."""
    wanted = wish.filtered.strip().upper()
    shown = [tile for tile in tiles if wanted in tile.coin]
    if wish.order is not Order.LISTED:
        shown.sort(key=_KEYS[wish.order])
    if not wish.grouped:
        return [(TileGroup.ALL, shown)] if shown else []
    found: dict[TileGroup, list[Tile]] = {group: [] for group in _IN_GROUPS}
    for tile in shown:
        found[group_of(tile, start_level)].append(tile)
    return [(group, members) for group, members in found.items() if members]


def laid_out(groups: Iterable[tuple[TileGroup, list[Tile]]], width: int, sizes: Sizes) -> TileLayout:
    """Place the tiles of all groups in rows as wide as width; tiles become wider until they fill a row."""
    each = max(1, (width - sizes.gap) // (sizes.width + sizes.gap))
    sizes = replace(sizes, width=max(sizes.width, (width - sizes.gap) // each - sizes.gap))
    rows = tuple(_rows(groups, each, sizes))
    height = rows[-1].y + rows[-1].height + sizes.gap if rows else 0
    return TileLayout(rows, height, sizes, tuple([row.y for row in rows]))


def _rows(groups: Iterable[tuple[TileGroup, list[Tile]]], each: int, sizes: Sizes) -> Iterator[TileRow]:
    y = sizes.gap
    for group, tiles in groups:
        if group is not TileGroup.ALL:
            yield TileRow(y, sizes.heading, (), group, len(tiles))
            y += sizes.heading + sizes.gap
        for first in range(0, len(tiles), each):
            yield TileRow(y, sizes.height, tuple(tiles[first : first + each]))
            y += sizes.height + sizes.gap


def _level(level: int) -> int:
    return min(max(level, 0), HIGHEST_LEVEL)


def _by_level(tile: Tile) -> tuple[bool, int, str]:
    return tile.long is None, (tile.short or 0) - (tile.long or 0), tile.coin


def _by_gain(tile: Tile) -> tuple[bool, float, str]:
    return tile.gain_pct is None, -(tile.gain_pct or 0.0), tile.coin


def _by_name(tile: Tile) -> tuple[str]:
    return (tile.coin,)


_KEYS: Final[Mapping[Order, Callable[[Tile], tuple[Any, ...]]]] = {
    Order.LEVEL: _by_level,
    Order.GAIN: _by_gain,
    Order.NAME: _by_name,
}
_IN_GROUPS: Final = (TileGroup.READY, TileGroup.QUIET, TileGroup.SHORT, TileGroup.SILENT)
