"""The price lines of a coin's chart, and their labels at both sides."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from powertrader.hub.plot.axes import apart
from powertrader.hub.plot.candle_layout import PAD, CandleChart, CandleLayout, label_text
from powertrader.hub.plot.levels import LABELLED, Level, LevelKind
from powertrader.hub.plot.scene import (
    SMALL,
    Anchor,
    Bars,
    Path,
    Shape,
    Style,
    Words,
    across,
    mixed,
    without_overlaps,
)
from powertrader.hub.text import text

BOUND_SHARE: Final = 0.8
QUOTE_SHARE: Final = 0.95
NUDGE_FRACTION: Final = 0.012
"""The boxes on the right are at least so much of the range apart."""
_THIN, _THICK = 1.0, 1.5
_LOOKS: Final[Mapping[LevelKind, tuple[float, float]]] = {
    LevelKind.LOW_BOUND: (BOUND_SHARE, _THIN),
    LevelKind.HIGH_BOUND: (BOUND_SHARE, _THIN),
    LevelKind.ASK: (QUOTE_SHARE, _THICK),
    LevelKind.BID: (QUOTE_SHARE, _THICK),
}
"""How much of a line's colour covers the ground, and its width in pixels; the others cover all of it."""


def line_shapes(levels: tuple[Level, ...], layout: CandleLayout, style: Style) -> list[Shape]:
    """Give the price lines in sight, with the numbers of the neural ones where they do not overlap."""
    shapes: list[Shape] = []
    numbers: list[Words] = []
    box, palette = layout.box, style.palette
    for kind in LevelKind:
        share, width = _LOOKS.get(kind, (1.0, _THICK))
        colour = mixed(getattr(palette, kind), palette.panel, share)
        for level in levels:
            if level.kind is not kind or not layout.prices.holds(level.price):
                continue
            y = layout.prices.pixel(level.price)
            name = f"{kind}.{level.number}"
            shapes.append(Path(f"line.{name}", colour, across(box.left + 1, box.right, y), width))
            if level.number:
                words = text(f"charts.{kind}", number=level.number)
                below = y - style.line_height(SMALL) < box.top
                at = (box.left + PAD, y)
                anchor: Anchor = "nw" if below else "sw"
                numbers.append(style.words(f"bound.{name}", words, at, anchor, colour=palette.fg))
    return [*shapes, *without_overlaps(numbers)]


def label_shapes(chart: CandleChart, layout: CandleLayout, style: Style) -> list[Shape]:
    """Give the boxes on the right; one of a price that is out of sight stands at the edge and says so."""
    by_kind = {level.kind: level for level in chart.levels}
    shown = [by_kind[kind] for kind in LABELLED if kind in by_kind]
    height = style.line_height(SMALL) + 2
    box, palette = layout.box, style.palette
    gap = max(height + 1.0, (layout.prices.start - layout.prices.end) * NUDGE_FRACTION)
    wanted = [min(max(layout.prices.pixel(one.price), box.top), box.bottom) for one in shown]
    places = apart(wanted, gap, box.top + height / 2, box.bottom - height / 2)
    shapes: list[Shape] = []
    right = box.right + layout.room - PAD
    for level, y in zip(shown, places, strict=True):
        colour: str = getattr(palette, level.kind)
        words = style.words(
            f"label.{level.kind}",
            label_text(level, layout.prices, chart.quote),
            (box.right + 2 * PAD, y),
            "w",
            colour=palette.fg,
        )
        left = box.right + PAD
        corners = np.array(((left, y - height / 2, right, y + height / 2),))
        ground = mixed(colour, palette.bg, 0.3)
        shapes += [Bars(f"tag.{level.kind}", ground, corners, colour), words]
    return shapes
