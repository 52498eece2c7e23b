"""Theme: the three palettes, the fonts, and what changes with them."""

import re
import tkinter as tk
from dataclasses import astuple
from itertools import combinations
from tkinter import font, ttk

import pytest

from powertrader.hub.palettes import CLASSIC, PALETTES, Palette
from powertrader.hub.theme import BOLD, FIXED, LEAST_PT, SMALL, TEXT, TITLE, Theme

ORIGINAL = {
    "bg": "#070B10",
    "bg2": "#0B1220",
    "panel": "#0E1626",
    "panel2": "#121C2F",
    "border": "#243044",
    "fg": "#C7D1DB",
    "muted": "#8B949E",
    "accent": "#00FF66",
    "accent2": "#00E5FF",
    "select_bg": "#17324A",
    "select_fg": "#00FF66",
}


@pytest.mark.parametrize("name", ORIGINAL)
def test_the_classic_palette_is_the_original_one(name: str) -> None:
    assert getattr(CLASSIC, name) == ORIGINAL[name]


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.1 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
@pytest.mark.parametrize("text", ["fg", "muted", "accent", "accent2", "warning", "error", "paper"])
@pytest.mark.parametrize("behind", ["bg", "bg2", "panel", "panel2"])
def test_every_text_can_be_read_on_every_background(palette: Palette, text: str, behind: str) -> None:
    assert contrast(getattr(palette, text), getattr(palette, behind)) >= 4.5


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_the_words_on_the_colour_of_live_trading_can_be_read(palette: Palette) -> None:
    assert contrast(palette.on_live, palette.live) >= 4.5


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_colours_are_written_as_six_hexadecimal_digits(palette: Palette) -> None:
    assert [one for one in astuple(palette) if not re.fullmatch("#[0-9A-F]{6}", one)] == []


@pytest.mark.parametrize("name", ["light", "colour_blind"])
def test_what_is_told_apart_by_colour_has_colours_of_its_own(name: str) -> None:
    palette = PALETTES[name]
    for group in (("up", "down"), ("long", "short"), ("buy", "dca", "sell"), ("ask", "bid", "average")):
        for one, other in combinations(group, 2):
            assert getattr(palette, one) != getattr(palette, other)


def test_palettes_change_while_the_window_is_open(root: tk.Tk) -> None:
    theme = Theme(root)
    label = ttk.Label(root, text="BTC", style="Accent.TLabel")
    told: list[str] = []
    theme.on_change(lambda: told.append(theme.palette.accent))
    for palette in PALETTES.values():
        theme.apply(palette)
        assert str(ttk.Style(root).lookup("Accent.TLabel", "foreground")) == palette.accent
        assert str(root.cget("background")) == palette.bg
    assert told == [palette.accent for palette in PALETTES.values()]
    assert label.winfo_exists()


def test_no_font_is_smaller_than_nine_points_however_small_the_scale(root: tk.Tk) -> None:
    Theme(root, scale_pct=80)
    names = (TEXT, SMALL, BOLD, TITLE, FIXED)
    assert min(int(font.nametofont(name, root).actual("size")) for name in names) >= LEAST_PT


def test_a_larger_scale_makes_every_text_larger(root: tk.Tk) -> None:
    theme = Theme(root)
    before = {name: theme.measure("BTC 12,345.67", name) for name in (TEXT, BOLD, FIXED)}
    theme.apply(CLASSIC, 200)
    assert all(theme.measure("BTC 12,345.67", name) > width for name, width in before.items())


def test_a_label_has_the_font_of_its_style(root: tk.Tk) -> None:
    Theme(root)
    plain, title = ttk.Label(root, text="Backtest"), ttk.Label(root, text="Backtest", style="Title.TLabel")
    assert title.winfo_reqheight() > plain.winfo_reqheight()
