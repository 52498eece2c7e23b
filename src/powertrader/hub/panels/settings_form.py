"""The fields of the settings screen: made when they are shown first, a few at a time."""

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import filedialog, ttk
from typing import Final

from powertrader.core.config_draft import kind_of
from powertrader.core.config_keys import sentence_of, settings
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.settings_ladder import LadderTable
from powertrader.hub.panels.settings_tests import TESTED
from powertrader.hub.settings_words import SETTING_KEY, words_of
from powertrader.hub.text import text
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.setting_field import FieldActs, FieldLook, SettingField

_AT_ONCE: Final = 2
"""So many fields are made before other events are seen to."""
_WRAP_PX: Final = 760
_WITH_KEYS: Final = "exchange"
_WITH_LADDER: Final = frozenset({"entry", "dca"})


@dataclass(frozen=True, slots=True)
class FormActs:
    """What happens in the form: text was typed, the typing ended, defaults or a test are wanted."""

    typed: Callable[[str, str], None]
    paused: Callable[[], None]
    reset: Callable[[Sequence[str]], None]
    test: Callable[[str], None]


class SettingsForm:
    """Shows the fields of one group, or those that were searched for."""

    def __init__(
        self, parent: tk.Misc, context: PanelContext, look: Callable[[str], FieldLook], acts: FormActs
    ) -> None:
        """Make it empty; look gives what a field shows now."""
        self._context, self._look, self._acts = context, look, acts
        self.frame = ScrollFrame(parent)
        body = self.frame.body
        self.heading = ttk.Label(body, style="Title.TLabel")
        self.sentence = ttk.Label(body, style="Muted.TLabel", wraplength=_WRAP_PX, justify="left")
        row = self._actions = ttk.Frame(body)
        self.defaults = ttk.Button(row, text=text("settings.button.reset_group"), command=self._reset_all)
        self.test = ttk.Button(row, command=lambda: acts.test(self._section))
        self.keys = ttk.Button(
            row, text=text("settings.button.keys"), command=lambda: context.commands.run("access.wizard")
        )
        context.explain(self.keys, "settings.help.keys")
        self._section = ""
        self.defaults.pack(side="left")
        self.heading.pack(anchor="w", padx=12, pady=(10, 0))
        self.sentence.pack(anchor="w", padx=12, pady=(0, 6))
        row.pack(anchor="w", padx=12, pady=(0, 6))
        self._fields_frame = ttk.Frame(body)
        self._fields_frame.pack(fill="x", padx=8)
        self.ladder = LadderTable(body)
        self.fields: dict[str, SettingField] = {}
        self.shown: tuple[str, ...] = ()
        self._waiting: list[str] = []
        self._due: str | None = None
        self._wanted = ""
        context.explain(self.defaults, "settings.help.reset_group")
        context.explain(self.ladder.table, "settings.help.ladder")

    @property
    def is_complete(self) -> bool:
        """Whether all fields that are to be shown are made."""
        return not self._waiting

    def show_group(self, section: str, names: Sequence[str]) -> None:
        """Show all settings of a group."""
        self.heading.configure(text=text(f"settings.group.{section}"))
        self.sentence.configure(text=sentence_of(section))
        self._actions.pack(anchor="w", padx=12, pady=(0, 6), after=self.sentence)
        self._section = section
        if section in TESTED:
            self.test.configure(text=text(f"settings.button.test_{section}"))
            self._context.explain(self.test, f"settings.help.test_{section}")
            self.test.pack(side="left", padx=8)
        else:
            self.test.pack_forget()
        if section == _WITH_KEYS:
            self.keys.pack(side="left")
        else:
            self.keys.pack_forget()
        if section in _WITH_LADDER:
            self.ladder.frame.pack(fill="x", padx=12, pady=12)
        else:
            self.ladder.frame.pack_forget()
        self._show(names)

    def show_found(self, query: str, names: Sequence[str]) -> None:
        """Show the settings that were searched for."""
        found = text("settings.found", count=len(names))
        self.heading.configure(text=found)
        self.sentence.configure(text="" if names else text("settings.search_nothing", query=query))
        for one in (self._actions, self.ladder.frame):
            one.pack_forget()
        self._show(names)

    def refresh(self) -> None:
        """Let every field that is shown say what it is now."""
        for name in self.shown:
            if name in self.fields:
                self.fields[name].show(self._look(name))

    def focus(self, name: str) -> None:
        """Put the cursor into a field, once it is there."""
        self._wanted = name
        if name in self.fields and name in self.shown and name not in self._waiting:
            self.fields[name].input.focus_set()
            self._wanted = ""

    def _show(self, names: Sequence[str]) -> None:
        if tuple(names) == self.shown:
            self.refresh()
            return
        for name in self.shown:
            if name in self.fields:
                self.fields[name].pack_forget()
        self.shown = tuple(names)
        self._waiting = list(names)
        self.frame.to_top()
        self._go_on()

    def _go_on(self) -> None:
        """Show the next fields, and the others when other events have been seen to."""
        if self._due is not None:
            self.frame.after_cancel(self._due)
            self._due = None
        made = 0
        while self._waiting and made < _AT_ONCE:
            name = self._waiting.pop(0)
            if name not in self.fields:
                self.fields[name] = self._made(name)
                made += 1
            self.fields[name].show(self._look(name))
            self.fields[name].pack(fill="x")
            if name == self._wanted:
                self.focus(name)
        if self._waiting:
            self._due = self.frame.after(1, self._go_on)

    def _made(self, name: str) -> SettingField:
        setting = settings()[name]
        kind = kind_of(setting)
        acts = FieldActs(
            partial(self._acts.typed, name),
            self._acts.paused,
            partial(self._acts.reset, (name,)),
            partial(self._browse, name, is_folder=kind == "folder"),
        )
        made = SettingField(self._fields_frame, kind, words_of(setting), acts)
        for widget in (made.input, made.title):
            self._context.explain(widget, f"{SETTING_KEY}{name}")
        self._context.explain(made.reset, "settings.help.default")
        if kind in {"folder", "file"}:
            self._context.explain(made.browse, "settings.help.browse")
        return made

    def _browse(self, name: str, *, is_folder: bool) -> None:
        ask = filedialog.askdirectory if is_folder else filedialog.askopenfilename
        chosen = ask(parent=self.frame.winfo_toplevel())
        if chosen:
            self._acts.typed(name, str(chosen))

    def _reset_all(self) -> None:
        self._acts.reset(self.shown)
