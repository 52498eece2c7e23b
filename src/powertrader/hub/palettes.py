"""The colours of the window: the original's dark ones, light ones, and some for colour-blind people.

Source of CLASSIC: design/HUB.md sections 1 and 5. COLOUR_BLIND uses Okabe and Ito's eight colours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour of the window by its meaning, as #RRGGBB."""

    bg: str
    bg2: str
    panel: str
    panel2: str
    border: str
    fg: str
    muted: str
    accent: str
    accent2: str
    select_bg: str
    select_fg: str
    long: str
    short: str
    up: str
    down: str
    buy: str
    dca: str
    sell: str
    ask: str
    bid: str
    average: str
    next_dca: str
    trail: str
    low_bound: str
    high_bound: str
    warning: str
    error: str
    paper: str
    live: str
    on_live: str
    """Text on the colour of live trading."""


CLASSIC: Final = Palette(
    bg="#070B10",
    bg2="#0B1220",
    panel="#0E1626",
    panel2="#121C2F",
    border="#243044",
    fg="#C7D1DB",
    muted="#8B949E",
    accent="#00FF66",
    accent2="#00E5FF",
    select_bg="#17324A",
    select_fg="#00FF66",
    long="#0000FF",
    short="#FFA500",
    up="#00FF66",
    down="#FF3B30",
    buy="#FF0000",
    dca="#800080",
    sell="#008000",
    ask="#800080",
    bid="#008080",
    average="#FFFF00",
    next_dca="#FF0000",
    trail="#008000",
    low_bound="#0000FF",
    high_bound="#FFA500",
    warning="#FFC34D",
    error="#FF6B6B",
    paper="#00E5FF",
    live="#D81E2C",
    on_live="#FFFFFF",
)
LIGHT: Final = Palette(
    bg="#F4F6F9",
    bg2="#FFFFFF",
    panel="#FFFFFF",
    panel2="#E9EDF3",
    border="#C3CCD8",
    fg="#1B2530",
    muted="#566273",
    accent="#00703C",
    accent2="#005EA8",
    select_bg="#CFE3F5",
    select_fg="#0B3B66",
    long="#1F4FD8",
    short="#C05A00",
    up="#0B7A3B",
    down="#B3261E",
    buy="#B3261E",
    dca="#7A2BA3",
    sell="#0B7A3B",
    ask="#7A2BA3",
    bid="#00707A",
    average="#8A6A00",
    next_dca="#B3261E",
    trail="#0B7A3B",
    low_bound="#1F4FD8",
    high_bound="#C05A00",
    warning="#8A5A00",
    error="#B3261E",
    paper="#005EA8",
    live="#B3261E",
    on_live="#FFFFFF",
)
COLOUR_BLIND: Final = Palette(
    bg="#101418",
    bg2="#161C22",
    panel="#1A2128",
    panel2="#222B34",
    border="#3A4650",
    fg="#E6EAEE",
    muted="#A4AFB9",
    accent="#56B4E9",
    accent2="#F0E442",
    select_bg="#26465C",
    select_fg="#FFFFFF",
    long="#56B4E9",
    short="#E69F00",
    up="#56B4E9",
    down="#D55E00",
    buy="#56B4E9",
    dca="#CC79A7",
    sell="#E69F00",
    ask="#CC79A7",
    bid="#009E73",
    average="#F0E442",
    next_dca="#D55E00",
    trail="#009E73",
    low_bound="#56B4E9",
    high_bound="#E69F00",
    warning="#F0E442",
    error="#FF8A4D",
    paper="#56B4E9",
    live="#D55E00",
    on_live="#000000",
)
PALETTES: Final[Mapping[str, Palette]] = {
    "classic": CLASSIC,
    "light": LIGHT,
    "colour_blind": COLOUR_BLIND,
}
"""By the value of hub.theme."""
