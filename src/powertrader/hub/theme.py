"""Theme: the colours and fonts of every widget, from a palette that can be changed at any time."""

import tkinter as tk
from collections.abc import Callable
from tkinter import font, ttk
from typing import Final, Literal

from powertrader.hub.palettes import CLASSIC, Palette

TEXT: Final = "pt.text"
SMALL: Final = "pt.small"
BOLD: Final = "pt.bold"
TITLE: Final = "pt.title"
FIXED: Final = "pt.fixed"
HUGE: Final = "pt.huge"
_TAB_PADDING: Final = (12, 5)
LEAST_PT: Final = 9
"""No text is smaller, whatever the desktop says."""


class Theme:
    """The palette in force, and who wants to know when there is another."""

    def __init__(self, root: tk.Misc, palette: Palette = CLASSIC, scale_pct: float = 100.0) -> None:
        """Make the named fonts and style the window."""
        self._root = root
        self._callbacks: list[Callable[[], None]] = []
        self.apply(palette, scale_pct)

    def apply(self, palette: Palette, scale_pct: float = 100.0) -> None:
        """Style every widget anew and tell the canvases. scale_pct: 100 is the desktop's own size."""
        self.palette, self.scale_pct = palette, scale_pct
        self._fonts = _fonts(self._root, scale_pct)
        self._root.winfo_toplevel().configure(background=palette.bg)
        _options(self._root, palette)
        _style(ttk.Style(self._root), palette)
        for callback in self._callbacks:
            callback()

    def on_change(self, callback: Callable[[], None]) -> None:
        """Call callback whenever the palette changes: for what ttk does not colour by itself."""
        self._callbacks.append(callback)

    def measure(self, words: str, name: str = TEXT) -> int:
        """Give the width of words in pixels."""
        return self._fonts[name].measure(words)

    def line_height(self, name: str = TEXT) -> int:
        """Give the height of a line in pixels."""
        return int(self._fonts[name].metrics("linespace"))


def _fonts(root: tk.Misc, scale_pct: float) -> dict[str, font.Font]:
    """Make the named fonts from the desktop's own, never below 9 points."""
    plain = font.nametofont("TkDefaultFont", root=root)
    fixed = font.nametofont("TkFixedFont", root=root)
    size = max(LEAST_PT, round(_points(root, plain) * scale_pct / 100))
    family, mono = plain.actual("family"), fixed.actual("family")

    def made(name: str, family: str, size: int, weight: Literal["normal", "bold"] = "normal") -> font.Font:
        if name in font.names(root):
            one = font.nametofont(name, root=root)
            one.configure(family=family, size=size, weight=weight)
            return one
        one = font.Font(root=root, name=name, family=family, size=size, weight=weight)
        # widgets know it by its name, which must outlive this object
        one.delete_font = False
        return one

    return {
        TEXT: made(TEXT, family, size),
        SMALL: made(SMALL, family, max(LEAST_PT, size - 1)),
        BOLD: made(BOLD, family, size, "bold"),
        TITLE: made(TITLE, family, size + 3, "bold"),
        HUGE: made(HUGE, family, size + 10, "bold"),
        FIXED: made(FIXED, mono, max(LEAST_PT, size - 1)),
    }


def _points(root: tk.Misc, one: font.Font) -> float:
    size = one.actual("size")
    # a negative size is in pixels, of which the scaling says how many make a point
    return size if size > 0 else -size / float(root.tk.call("tk", "scaling"))


def _options(root: tk.Misc, palette: Palette) -> None:
    """Colour the widgets that ttk does not style: menus, lists and texts."""
    p = palette
    options = {
        "*Menu.font": TEXT,
        "*Listbox.font": TEXT,
        "*Text.font": TEXT,
        "*Label.font": TEXT,
        "*TEntry.font": TEXT,
        "*TCombobox.font": TEXT,
        "*Menu.background": p.bg2,
        "*Menu.foreground": p.fg,
        "*Menu.activeBackground": p.select_bg,
        "*Menu.activeForeground": p.select_fg,
        "*Menu.borderWidth": 0,
        "*Menu.disabledForeground": p.muted,
        "*TCombobox*Listbox.background": p.panel,
        "*TCombobox*Listbox.foreground": p.fg,
        "*TCombobox*Listbox.selectBackground": p.select_bg,
        "*TCombobox*Listbox.selectForeground": p.select_fg,
        "*Toplevel.background": p.bg,
    }
    for name, value in options.items():
        root.option_add(name, value, 80)


def _style(style: ttk.Style, palette: Palette) -> None:
    style.theme_use("clam")
    _style_frames(style, palette)
    _style_buttons(style, palette)
    _style_controls(style, palette)
    _style_tables(style, palette)


def _style_frames(style: ttk.Style, p: Palette) -> None:
    style.configure(
        ".",
        background=p.bg,
        foreground=p.fg,
        fieldbackground=p.panel,
        bordercolor=p.border,
        lightcolor=p.border,
        darkcolor=p.border,
        insertcolor=p.fg,
        troughcolor=p.bg2,
        selectbackground=p.select_bg,
        selectforeground=p.select_fg,
        font=TEXT,
    )
    style.configure("TLabelframe", background=p.bg, bordercolor=p.border)
    style.configure("TLabelframe.Label", background=p.bg, foreground=p.accent, font=BOLD)
    style.configure("Muted.TLabel", foreground=p.muted)
    style.configure("Bold.TLabel", font=BOLD)
    style.configure("Title.TLabel", font=TITLE, foreground=p.accent)
    style.configure("Small.TLabel", font=SMALL, foreground=p.muted)
    style.configure("Accent.TLabel", foreground=p.accent)
    style.configure("Warning.TLabel", foreground=p.warning)
    style.configure("Error.TLabel", foreground=p.error)
    style.configure("Paper.TLabel", background=p.bg, foreground=p.paper, font=BOLD)
    style.configure("Live.TLabel", background=p.live, foreground=p.on_live, font=BOLD)
    style.configure("Live.TFrame", background=p.live)
    style.configure("Panel.TFrame", background=p.panel)
    style.configure("Panel.TLabel", background=p.panel)
    style.configure("Bar.TFrame", background=p.bg2)
    style.configure("Bar.TLabel", background=p.bg2, foreground=p.muted, font=SMALL)
    style.configure("BarWarning.TLabel", background=p.bg2, foreground=p.warning, font=SMALL)
    style.configure("BarError.TLabel", background=p.bg2, foreground=p.error, font=SMALL)
    style.configure("TPanedwindow", background=p.bg)
    style.configure("Sash", sashthickness=6, gripcount=0)
    style.configure("TNotebook", background=p.bg, bordercolor=p.border, tabmargins=(4, 4, 4, 0))
    style.configure(
        "TNotebook.Tab",
        background=p.bg2,
        foreground=p.fg,
        bordercolor=p.border,
        lightcolor=p.border,
        padding=_TAB_PADDING,
    )
    style.map(
        "TNotebook.Tab",
        background=[("selected", p.panel), ("active", p.panel2)],
        foreground=[("selected", p.accent), ("active", p.accent2)],
        # clam has a white edge here, whatever the palette
        lightcolor=[("", p.border)],
        bordercolor=[("", p.border)],
        # as wide and high as the others, so that nothing moves when another one is chosen
        padding=[("selected", _TAB_PADDING)],
        expand=[("selected", (0, 0, 0, 0))],
    )


def _style_buttons(style: ttk.Style, p: Palette) -> None:
    style.configure(
        "TButton",
        background=p.bg2,
        foreground=p.fg,
        bordercolor=p.border,
        padding=(10, 6),
        focuscolor=p.accent,
    )
    style.map(
        "TButton",
        background=[("pressed", p.panel2), ("active", p.panel2), ("disabled", p.bg2)],
        foreground=[("disabled", p.muted), ("active", p.accent)],
        bordercolor=[("focus", p.accent), ("active", p.accent2)],
    )
    style.configure("Small.TButton", padding=(6, 2), font=SMALL)
    style.configure("Error.Small.TButton", foreground=p.error, bordercolor=p.error)
    style.configure("Warning.Small.TButton", foreground=p.warning, bordercolor=p.warning)
    style.configure("Tab.TButton", padding=(8, 3))
    style.configure("SelectedTab.TButton", padding=(8, 3), background=p.panel, foreground=p.accent)
    style.configure("Stop.TButton", background=p.live, foreground=p.on_live, font=BOLD)
    style.map(
        "Stop.TButton",
        background=[("disabled", p.bg2), ("pressed", p.bg2), ("active", p.panel2)],
        foreground=[("disabled", p.muted), ("pressed", p.error), ("active", p.error)],
    )
    style.configure(
        "TMenubutton",
        background=p.bg2,
        foreground=p.fg,
        bordercolor=p.border,
        arrowcolor=p.accent,
        padding=(10, 3),
    )
    style.map(
        "TMenubutton",
        background=[("active", p.panel2), ("disabled", p.bg2)],
        foreground=[("disabled", p.muted), ("active", p.accent)],
        bordercolor=[("focus", p.accent), ("active", p.accent2)],
    )


def _style_controls(style: ttk.Style, p: Palette) -> None:
    for name in ("TEntry", "TCombobox", "TSpinbox"):
        style.configure(
            name,
            fieldbackground=p.panel,
            foreground=p.fg,
            insertcolor=p.fg,
            bordercolor=p.border,
            arrowcolor=p.accent,
        )
        style.map(
            name,
            fieldbackground=[("readonly", p.panel), ("disabled", p.bg2)],
            foreground=[("disabled", p.muted)],
            bordercolor=[("focus", p.accent2)],
            selectbackground=[("readonly", p.panel)],
            selectforeground=[("readonly", p.fg)],
        )
    for name in ("TCheckbutton", "TRadiobutton"):
        style.configure(
            name, background=p.bg, foreground=p.fg, indicatorbackground=p.panel, indicatorforeground=p.accent
        )
        style.map(
            name,
            background=[("active", p.bg)],
            foreground=[("disabled", p.muted), ("active", p.accent2)],
            indicatorbackground=[("selected", p.panel2)],
        )
    style.configure("TProgressbar", background=p.accent, troughcolor=p.bg2, bordercolor=p.border)
    for name in ("Vertical.TScrollbar", "Horizontal.TScrollbar"):
        style.configure(
            name, background=p.panel2, troughcolor=p.bg2, bordercolor=p.border, arrowcolor=p.accent
        )
        style.map(name, background=[("active", p.select_bg), ("disabled", p.bg2)])


def _style_tables(style: ttk.Style, p: Palette) -> None:
    height = style.tk.call("font", "metrics", TEXT, "-linespace") + 6
    style.configure(
        "Treeview",
        background=p.panel,
        fieldbackground=p.panel,
        foreground=p.fg,
        bordercolor=p.border,
        rowheight=height,
    )
    style.configure("Small.Treeview", font=SMALL)
    style.map("Treeview", background=[("selected", p.select_bg)], foreground=[("selected", p.select_fg)])
    style.configure(
        "Treeview.Heading",
        background=p.bg2,
        foreground=p.accent,
        bordercolor=p.border,
        padding=(4, 4),
        font=BOLD,
    )
    style.map("Treeview.Heading", foreground=[("active", p.accent2)], background=[("active", p.panel2)])
