"""The menus: Scripts, Settings, File, in the original's order (HUB section 1)."""

import tkinter as tk
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final, TypeAlias

from powertrader.hub.commands.registry import Commands
from powertrader.hub.text import text
from powertrader.hub.theme import Theme

Item: TypeAlias = tuple[str, str, Mapping[str, object]]
_LINE: Final[Item] = ("", "", {})
MENUS: Final[Sequence[tuple[str, Sequence[Item]]]] = (
    (
        "menu.scripts",
        (
            ("menu.start_all", "trading.start_all", {}),
            ("menu.stop_all", "trading.stop_all", {}),
            _LINE,
            ("menu.start_thinker", "trading.start_thinker", {}),
            ("menu.stop_thinker", "trading.stop_thinker", {}),
            _LINE,
            ("menu.start_trader", "trading.start_trader", {}),
            ("menu.stop_trader", "trading.stop_trader", {}),
        ),
    ),
    ("menu.settings", (("menu.open_settings", "settings.open", {}),)),
    (
        "menu.file",
        (
            ("menu.guide", "ui.guide", {}),
            ("workers.ask_again", "trading.ask_on_close", {}),
            _LINE,
            ("menu.exit", "ui.exit", {}),
        ),
    ),
)
"""Each menu with its items: words, command and arguments; one without a command is a line."""


class MenuBar:
    """The bar; an item is greyed while its command is not possible."""

    def __init__(self, root: tk.Tk, commands: Commands, theme: Theme) -> None:
        """Put the menus on the window."""
        self.bar: Final = tk.Menu(root, tearoff=False)
        self._commands = commands
        self._theme = theme
        self.menus: Final = tuple([self._menu(title, items) for title, items in MENUS])
        root.configure(menu=self.bar)
        theme.on_change(self._recolour)
        self._recolour()

    def _menu(self, title: str, items: Sequence[Item]) -> tk.Menu:
        menu = tk.Menu(self.bar, tearoff=False)
        for words, command, arguments in items:
            if command:
                menu.add_command(label=text(words), command=partial(self._commands.run, command, **arguments))
            else:
                menu.add_separator()
        menu.configure(postcommand=partial(self._opened, menu, items))
        self.bar.add_cascade(label=text(title), menu=menu)
        return menu

    def _opened(self, menu: tk.Menu, items: Sequence[Item]) -> None:
        for number, (_, command, _) in enumerate(items):
            if command:
                known = command in self._commands.names and self._commands.is_enabled(command)
                menu.entryconfigure(number, state="normal" if known else "disabled")

    def _recolour(self) -> None:
        p = self._theme.palette
        for menu in (self.bar, *self.menus):
            menu.configure(
                background=p.bg2,
                foreground=p.fg,
                activebackground=p.select_bg,
                activeforeground=p.select_fg,
                disabledforeground=p.muted,
                borderwidth=0,
                relief="flat",
            )
