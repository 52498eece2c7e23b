"""The settings screen: groups at the left, their fields in the middle, what is unsaved below."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.config_keys import settings
from powertrader.hub.dialogs.settings_preview import SettingsPreview
from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.panels.settings_bar import BarActs, SettingsBar
from powertrader.hub.panels.settings_flow import SettingsFlow
from powertrader.hub.panels.settings_form import FormActs, SettingsForm
from powertrader.hub.panels.settings_list import GroupList
from powertrader.hub.panels.settings_mode import ModeStrip
from powertrader.hub.panels.settings_tests import Integrations
from powertrader.hub.panels.settings_trouble import TroubleBox
from powertrader.hub.settings_model import Draft, History, groups, matches
from powertrader.hub.settings_money import Means, means_of
from powertrader.hub.settings_words import look_of, title_of
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part, SettingsView
from powertrader.hub.widgets.setting_field import FieldLook

FIRST_GROUP: Final = "entry"
_PAD: Final = 10


def make(context: PanelContext) -> "SettingsPanel":
    """Give the screen."""
    return SettingsPanel(context)


class SettingsPanel:
    """Edits a draft of the settings; nothing counts before it was saved."""

    parts = frozenset({Part.SETTINGS, Part.PROCESSES, Part.ACCOUNT})

    def __init__(self, context: PanelContext) -> None:
        """Know no settings yet."""
        self._context = context
        self._groups = groups()
        self.history: History | None = None
        self._view: HubView | None = None
        self._means = Means(None, "")
        self._problems: dict[str, str] = {}
        self._valid: TradingConfig | None = None
        self._group = FIRST_GROUP
        self.tests = Integrations(context)

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the frame of the screen; fields come with the first view."""
        self._outer = ttk.Frame(parent, padding=_PAD)
        self._build_top()
        self.trouble = TroubleBox(self._outer, self._context)
        # the order of Tab is that of making, the order of packing says who has room first
        self._middle = ttk.Frame(self._outer)
        self.groups = GroupList(self._middle, self._groups, self._context.theme, self._group_chosen)
        self._context.explain(self.groups.table, "settings.help.groups")
        self.loading = ttk.Label(self._middle, text=text("settings.loading"), style="Muted.TLabel")
        form_acts = FormActs(self._typed, self._paused, self._reset, self._test)
        self.form = SettingsForm(self._middle, self._context, self._look, form_acts)
        acts = BarActs(self._undo, self._redo, self._reset_all, self._discard, self._save)
        self.bar = SettingsBar(self._outer, self._context, acts)
        self.bar.frame.pack(side="bottom", fill="x", pady=(_PAD, 0))
        self.preview = SettingsPreview(self._outer, self._context)
        self.preview.frame.pack(side="bottom", fill="x")
        self._middle.pack(fill="both", expand=True)
        self.groups.frame.pack(side="left", fill="y", padx=(0, _PAD))
        self.loading.pack(padx=_PAD, pady=_PAD, anchor="w")
        self.flow = SettingsFlow(self._outer, self._context, self._begin, self.mode.offer_restart)
        self._bind_keys()
        return self._outer

    def render(self, view: HubView, _change: Change) -> Steps:
        """Show the settings in force below what is edited."""
        self._view = view
        self._means = means_of(view.settings.config, view.snapshot)
        if self.history is None:
            self.history = History(view.settings)
            self.loading.pack_forget()
            self.form.frame.pack(side="left", fill="both", expand=True)
            if self.groups.selected:
                # somebody asked for a setting before there were any
                self._group_chosen(self.groups.selected)
            yield
        elif view.settings is not self.history.draft.base:
            self._rebase(view.settings)
            yield
        self.trouble.show(view.settings)
        self.mode.show(view)
        yield
        if not self.groups.selected and not self.query:
            self.groups.select(self._group)
        self._refresh()

    @property
    def query(self) -> str:
        """What is searched for."""
        return self._query.get().strip()

    @property
    def unsaved(self) -> int:
        """How many settings are edited and not saved."""
        return 0 if self.history is None else len(self.history.draft.edits)

    def save_edits(self, then: Callable[[], None]) -> None:
        """Save them and go on with `then`; what is wrong with them is told, and nothing follows."""
        if self.history is None:
            then()
        else:
            self.flow.save(self.history.draft, then)

    def find(self) -> None:
        """Put the cursor into the search field."""
        self.search.focus_set()
        self.search.selection_range(0, "end")

    def select(self, **argument: object) -> None:
        """Show the setting whose canonical name is given as name."""
        name = str(argument.get("name", ""))
        if name in settings():
            self._clear_search()
            self.groups.select(name.partition(".")[0])
            # the group's fields come with the event of its choice
            self._outer.after_idle(lambda: self.form.focus(name))

    def _build_top(self) -> None:
        top = ttk.Frame(self._outer)
        top.pack(side="top", fill="x", pady=(0, _PAD))
        self.mode = ModeStrip(top, self._context, self._begin)
        self._query = tk.StringVar(top)
        self.search = ttk.Entry(top, textvariable=self._query, width=26)
        self.clear = ttk.Button(
            top, text=text("settings.button.clear_search"), style="Small.TButton", command=self._clear_search
        )
        self.clear.pack(side="right", padx=(6, 0))
        self.search.pack(side="right")
        ttk.Label(top, text=text("settings.search")).pack(side="right", padx=(0, 6))
        self.mode.frame.pack(side="left")
        self._query.trace_add("write", lambda *_: self._searched())
        self.search.bind("<Escape>", lambda _: self._clear_search())
        self._context.explain(self.search, "settings.help.search")

    def _bind_keys(self) -> None:
        window = self._outer.winfo_toplevel()
        for key, act in (("z", self._undo), ("Z", self._redo), ("y", self._redo), ("s", self._save)):
            window.bind(f"<Control-{key}>", partial(self._pressed, act), add=True)

    def _pressed(self, act: Callable[[], None], event: "tk.Event[tk.Misc]") -> None:
        if str(event.widget).startswith(f"{self._outer}."):
            act()

    @property
    def _draft(self) -> Draft | None:
        return None if self.history is None else self.history.draft

    def _look(self, name: str) -> FieldLook:
        draft = self._draft
        if draft is None:
            return FieldLook("", enabled=False)
        return look_of(draft, name, self._means, self._problems, self._valid or draft.base.config)

    def _refresh(self) -> None:
        """Show everything that follows from the draft."""
        draft = self._draft
        if draft is None or self.history is None:
            return
        self._problems = draft.problems
        valid = self._valid = draft.config or draft.base.config
        if self._view is not None:
            self._means = means_of(valid, self._view.snapshot)
        self.form.refresh()
        self.form.ladder.show(valid, self._means)
        self.groups.show(draft, self._problems)
        self.bar.show(self.history, self._problems)
        self.preview.show(draft, self._means.account)

    def _group_chosen(self, section: str) -> None:
        if self.history is None:
            return
        if self.query:
            self._query.set("")
        self._group = section
        self.form.show_group(section, [one.name for one in self._groups[section]])

    def _searched(self) -> None:
        if self.history is None:
            return
        if not self.query:
            if not self.groups.selected:
                self.groups.select(self._group)
            return
        self.groups.clear()
        found = [one.name for one in settings().values() if matches(one, title_of(one.name), self.query)]
        self.form.show_found(self.query, found)

    def _clear_search(self) -> None:
        self._query.set("")

    def _typed(self, name: str, text_: str) -> None:
        if self.history is not None:
            self.history.type(name, text_)
            self._refresh()

    def _paused(self) -> None:
        if self.history is not None:
            self.history.pause()

    def _reset(self, names: Sequence[str]) -> None:
        if self.history is not None:
            self.history.step(self.history.draft.with_defaults(names))
            self._refresh()

    def _reset_all(self) -> None:
        self._reset(tuple(settings()))

    def _undo(self) -> None:
        if self.history is not None:
            self.history.undo()
            self._refresh()

    def _redo(self) -> None:
        if self.history is not None:
            self.history.redo()
            self._refresh()

    def _discard(self) -> None:
        if self.history is not None:
            self.flow.discard(self.history.draft)

    def _save(self) -> None:
        if self.history is not None and self._view is not None:
            self.flow.review(self.history.draft, self._view)

    def _test(self, section: str) -> None:
        if self.history is not None:
            self.tests.run(section, self.history.draft.text("bus.redis_url").strip())

    def _begin(self, base: SettingsView) -> None:
        """Go on from settings that are written now, without edits."""
        if self.history is not None:
            self.history.begin(base)
            self._refresh()

    def _rebase(self, base: SettingsView) -> None:
        if self.history is None:
            return
        both = self.history.rebase(base)
        if both:
            names = ", ".join(map(title_of, both))
            self._context.say(text("settings.save.both_changed", names=names), "warning")
