"""The original's settings dialog: its fields in its order; a wrong value is told and keeps it open."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import filedialog, ttk
from typing import Final

from powertrader.core.config_keys import short_names
from powertrader.hub.access import AskKeys
from powertrader.hub.dialogs.settings_changes import show_clashes
from powertrader.hub.dialogs.settings_keys import KeysRow
from powertrader.hub.dialogs.settings_preview import SettingsPreview
from powertrader.hub.dialogs.settings_rows import DialogRow, FieldRow
from powertrader.hub.panel import PanelContext
from powertrader.hub.price_text import money_text
from powertrader.hub.settings_file import Clash
from powertrader.hub.settings_model import Draft, is_locked, origin_of
from powertrader.hub.settings_money import first_buy, means_of
from powertrader.hub.settings_saving import Outcome, save_settings
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.models.rules import SMALLEST_ENTRY

SIZE: Final = (860, 680)
LEAST: Final = (760, 560)
FIELDS: Final = (
    "main_neural_dir",
    "coins",
    "trade_start_level",
    "start_allocation_pct",
    "dca_levels",
    "dca_multiplier",
    "max_dca_buys_per_24h",
    "pm_start_pct_no_dca",
    "pm_start_pct_with_dca",
    "trailing_gap_pct",
    "hub_data_dir",
    "",
    "script_neural_runner2",
    "script_neural_trainer",
    "script_trader",
    "api",
    "",
    "ui_refresh_seconds",
    "chart_refresh_seconds",
    "candles_limit",
    "auto_start_scripts",
)
"""The original's names of the fields in its order; empty for a line, api for the row of the keys."""
FOLDERS: Final = frozenset({"main_neural_dir", "hub_data_dir"})
SWITCH: Final = "auto_start_scripts"
ALLOCATION: Final = "start_allocation_pct"


class SettingsDialog:
    """Edits the original's settings; nothing is written before Save, and then all at once."""

    def __init__(
        self,
        parent: tk.Misc,
        context: PanelContext,
        view: HubView,
        key_status: AskKeys,
    ) -> None:
        """Make it for the settings of a view; key_status tells, in the background, which keys are there."""
        self._context, self._view = context, view
        self.draft = Draft(view.settings)
        self.dialog = Dialog(parent, text("settings_dialog.title"), size=SIZE, least=LEAST)
        self.rows: dict[str, DialogRow] = {}
        self.question: Dialog | None = None
        self._build(key_status)
        self._refresh()

    @property
    def is_open(self) -> bool:
        """Whether it has not been closed."""
        return self.dialog.is_open

    @property
    def unsaved(self) -> int:
        """How many settings are edited and not saved."""
        return len(self.draft.edits) if self.is_open else 0

    def save_edits(self, then: Callable[[], None]) -> None:
        """Save them and go on with `then`; what is wrong with them is told, and nothing follows."""
        if self.unsaved:
            self._save(then)
        else:
            then()

    def open(self) -> None:
        """Show it."""
        self.dialog.open(self.rows[FIELDS[0]].input)
        self.keys.ask()

    def _build(self, key_status: AskKeys) -> None:
        mode = self.draft.base.config.trading.mode
        self._form = ScrollFrame(self.dialog.body)
        self._form.pack(fill="both", expand=True)
        body = self._form.body
        body.configure(padding=(0, 0, 10, 0))
        body.columnconfigure(1, weight=1)
        for place, name in enumerate(FIELDS):
            if not name:
                line = ttk.Separator(body, orient="horizontal")
                line.grid(row=place, column=0, columnspan=3, sticky="ew", pady=10)
            elif name == "api":
                self.keys = KeysRow(body, place, self._context, lambda ports: key_status(ports, mode))
            else:
                self.rows[name] = self._row(body, place, name)
        ttk.Label(self.dialog.body, text=text("settings_dialog.more"), style="Muted.TLabel").pack(
            anchor="w", pady=(8, 0)
        )
        self.problem = ttk.Label(self.dialog.body, style="Error.TLabel")
        self.problem.pack(anchor="w")
        self.preview = SettingsPreview(self.dialog.body, self._context, "settings_dialog")
        self.preview.frame.pack(fill="x")
        self.cancel = self.dialog.button(text("settings_dialog.cancel"), self._cancel)
        self.save = self.dialog.button(text("settings_dialog.save"), self._save)
        self._context.explain(self.cancel, "settings_dialog.help.cancel")
        self._context.explain(self.save, "settings_dialog.help.save")
        self.dialog.on_escape = self._cancel

    def _row(self, body: ttk.Frame, place: int, name: str) -> DialogRow:
        canonical = short_names()[name]
        row = DialogRow(
            body,
            place,
            FieldRow(
                text(f"settings_dialog.{name}"),
                self.draft.text(canonical),
                is_switch=name == SWITCH,
                browse=text("settings_dialog.browse") if name in FOLDERS else "",
            ),
            typed=partial(self._typed, canonical),
            browse=partial(self._browse, name),
        )
        self._context.explain(row.input, f"setting:{canonical}")
        if row.button is not None:
            self._context.explain(row.button, "settings_dialog.help.browse")
        if is_locked(self.draft.base, canonical):
            row.lock()
        return row

    def _typed(self, canonical: str, words: str) -> None:
        self.draft = self.draft.edited(canonical, words)
        self._refresh()

    def _browse(self, name: str) -> None:
        row = self.rows[name]
        chosen = filedialog.askdirectory(parent=self.dialog.window, initialdir=row.value.get() or None)
        if chosen:
            row.value.set(chosen)

    def _refresh(self) -> None:
        problems = self.draft.problems
        for name, row in self.rows.items():
            canonical = short_names()[name]
            row.note(*self._note(name, canonical, problems.get(canonical, "")))
        between = problems.get("", "")
        self.problem.configure(text=text("settings_dialog.wrong", problem=between) if between else "")
        self.preview.show(self.draft, means_of(self.draft.base.config, self._view.snapshot).account)

    def _note(self, name: str, canonical: str, problem: str) -> tuple[str, str]:
        if problem:
            return text("settings_dialog.wrong", problem=problem), "Error.TLabel"
        if is_locked(self.draft.base, canonical):
            origin = origin_of(self.draft.base, canonical)
            return text("settings_dialog.locked", origin=origin), "Muted.TLabel"
        if name == ALLOCATION:
            return self._allocation_note()
        return "", "Muted.TLabel"

    def _allocation_note(self) -> tuple[str, str]:
        config = self.draft.config or self.draft.base.config
        means = means_of(config, self._view.snapshot)
        least = money_text(SMALLEST_ENTRY, means.quote)
        if means.account is None:
            return text("settings_dialog.allocation_unknown", least=least), "Muted.TLabel"
        spent = first_buy(means.account, config.entry.start_allocation_pct).spent
        hint = text("settings_dialog.allocation_hint", amount=money_text(spent, means.quote), least=least)
        if spent >= means.least_order:
            return hint, "Muted.TLabel"
        smallest = money_text(means.least_order, means.quote)
        return text("settings_dialog.allocation_skipped", hint=hint, least=smallest), "Warning.TLabel"

    def _save(self, then: Callable[[], None] = lambda: None, *, force: bool = False) -> None:
        problems = self.draft.problems
        if problems:
            self._tell_of(problems)
            return
        if not self.draft.changes:
            self._saved(then)
            return
        self.save.state(["disabled"])
        outcome = Outcome(partial(self._saved, then), partial(self._clashed, then), self._failed)
        save_settings(self._context, self.draft.changes, self.draft.base, outcome, force=force)

    def _tell_of(self, problems: dict[str, str]) -> None:
        """Say what is wrong and put the cursor into the first wrong field."""
        titles = [
            (row, text(f"settings_dialog.{name}"))
            for name, row in self.rows.items()
            if short_names()[name] in problems
        ]
        words = [f"{title} {row.note_words}" for row, title in titles] or list(problems.values())
        self.problem.configure(text="\n".join([text("settings_dialog.wrong_head"), *words]))
        if titles:
            titles[0][0].input.focus_set()
            self._form.see(titles[0][0].input)

    def _saved(self, then: Callable[[], None]) -> None:
        self._context.say(text("settings_dialog.saved"), "news")
        if self.is_open:
            self.dialog.close()
        then()

    def _failed(self, reason: str) -> None:
        if self.is_open:
            self.save.state(["!disabled"])
            self.problem.configure(text=reason)
        else:
            self._context.say(text("settings.save.failed", reason=reason), "error")

    def _clashed(self, then: Callable[[], None], clashes: Sequence[Clash]) -> None:
        if not self.is_open:
            return
        self.save.state(["!disabled"])
        self.question = show_clashes(
            self.dialog.window,
            clashes,
            lambda: self._save(then, force=True),
            lambda: self._take_theirs(clashes),
        )

    def _take_theirs(self, clashes: Sequence[Clash]) -> None:
        short = {canonical: name for name, canonical in short_names().items()}
        self.draft = self.draft.reverted([one.name for one in clashes])
        for one in clashes:
            # shown as the file has it; what is not edited is not written
            self.rows[short[one.name]].show(one.in_file)
        self._refresh()

    def _cancel(self) -> None:
        if not self.draft.edits:
            self.dialog.close()
            return
        if self.question is not None and self.question.is_open:
            self.question.raise_()
            return
        answers = (
            Answer(text("settings.button.discard"), self.dialog.close),
            Answer(text("settings_dialog.keep_editing")),
        )
        title, words = text("settings.discard.title"), text("settings_dialog.discard_ask")
        self.question = ask(self.dialog.window, title, words, answers)
