"""The key wizard: how a key is made, a safe test of it, and where it is kept."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Final

from powertrader.core.preflight import OTHER_KEYS, CheckState, Preflight
from powertrader.hub.access import Store, key_program
from powertrader.hub.dialogs.check_run import CheckRun
from powertrader.hub.dialogs.key_fields import KeyFields
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.wrapped_label import WrappedLabel

_SIZE: Final = (980, 620)
_LEAST: Final = (860, 520)
_LINES: Final = 7
_SHORTEST_KEY: Final = 10
_PLACED_MS: Final = 150
MODES: Final = ("live", "testnet", "demo")
PAGES: Final = (
    ("live", "https://www.binance.com/en/my/settings/api-management"),
    ("testnet", "https://testnet.binance.vision/"),
    ("demo", "https://demo.binance.com/en/my/settings/api-management"),
)
"""Where the keys of each environment are made."""
DOCS: Final = "https://developers.binance.com/docs/binance-spot-api-docs/rest-api"


class ApiWizard:
    """Hands what is typed to a program of its own that tries it and stores it; the window keeps nothing.

    saved is told where the keys are kept then.
    """

    def __init__(
        self, parent: tk.Misc, context: PanelContext, mode: str, saved: Callable[[str], None]
    ) -> None:
        """Make it for an environment: live, testnet or demo."""
        self._context, self._saved = context, saved
        self._storing: Store = "none"
        self._built = False
        self.dialog = Dialog(parent, text("access.wizard.title"), size=_SIZE, least=_LEAST)
        self._scroll = ScrollFrame(self.dialog.body)
        self._scroll.pack(fill="both", expand=True)
        self.mode = tk.StringVar(self.dialog.window, mode if mode in MODES else MODES[0])
        self.store = tk.StringVar(self.dialog.window, "keyring")
        self.agreed = tk.BooleanVar(self.dialog.window, value=False)
        self._build_lines(self._scroll.body)
        self._build_test(self._scroll.body)
        self._build_save(self._scroll.body)
        self.close = self.dialog.button(text("access.close"), self._close)
        self.clear = self.dialog.button(text("access.wizard.clear"), self._clear, left=True)
        context.explain(self.close, "access.help.wizard_close")
        context.explain(self.clear, "access.help.clear")
        self.dialog.on_escape = self._close
        self._built = True
        self._refresh()

    def open(self) -> Dialog:
        """Show it."""
        self.dialog.open(self.fields.api_key)
        # a field with the focus is scrolled to, where it lay before everything had its place
        self.dialog.window.after(_PLACED_MS, self._show_top)
        return self.dialog

    def _show_top(self) -> None:
        if self.dialog.is_open:
            self._scroll.to_top()

    def _build_lines(self, body: ttk.Frame) -> None:
        for number in range(1, _LINES + 1):
            WrappedLabel(body, words=f"{number}. {text(f'access.wizard.line_{number}')}").pack(fill="x")
        row = ttk.Frame(body)
        row.pack(fill="x", pady=(8, 4))
        self.page = ttk.Button(row, text=text("access.wizard.page"), command=self._open_page)
        self.page.pack(side="left", padx=(0, 8))
        self.docs = ttk.Button(row, text=text("access.wizard.docs"), command=self._open_docs)
        self.docs.pack(side="left", padx=(0, 24))
        ttk.Label(row, text=text("access.wizard.where")).pack(side="left", padx=(0, 6))
        for mode in MODES:
            made = ttk.Radiobutton(
                row, text=text(f"access.wizard.mode_{mode}"), variable=self.mode, value=mode
            )
            made.pack(side="left", padx=(0, 8))
            self._context.explain(made, "access.help.environment")
        self._context.explain(self.page, "access.help.page")
        self._context.explain(self.docs, "access.help.docs")

    def _build_test(self, body: ttk.Frame) -> None:
        frame = ttk.Labelframe(body, text=text("access.wizard.step_1"), padding=10)
        frame.pack(fill="x", pady=(10, 0))
        self.fields = KeyFields(frame, self._context, self._refresh)
        self.fields.frame.pack(fill="x")
        row = ttk.Frame(frame)
        row.pack(fill="x", pady=(8, 4))
        self.test = ttk.Button(row, text=text("access.wizard.test"), command=self._test)
        self.test.pack(side="left", padx=(0, 8))
        self.stop = ttk.Button(row, text=text("access.cancel"), command=self._stop)
        self.stop.pack(side="left")
        self._context.explain(self.test, "access.help.test")
        self._context.explain(self.stop, "access.help.stop")
        self.run = CheckRun(frame, self._context, "wizard", self._answered, scrolls=False)
        self.run.frame.pack(fill="x", pady=(4, 0))
        self.run.say(text("access.wizard.not_tested"), "Muted.TLabel")

    def _build_save(self, body: ttk.Frame) -> None:
        frame = ttk.Labelframe(body, text=text("access.wizard.step_2"), padding=10)
        frame.pack(fill="x", pady=(10, 0))
        for store in ("keyring", "files"):
            made = ttk.Radiobutton(
                frame, text=text(f"access.wizard.store_{store}"), variable=self.store, value=store
            )
            made.pack(anchor="w")
            self._context.explain(made, f"access.help.store_{store}")
        self.agree = ttk.Checkbutton(
            frame, text=text("access.wizard.agree"), variable=self.agreed, command=self._refresh
        )
        self.agree.pack(anchor="w", pady=6)
        self.save = ttk.Button(frame, text=text("access.wizard.save"), command=self._save)
        self.save.pack(anchor="w")
        self._context.explain(self.agree, "access.help.agree")
        self._context.explain(self.save, "access.help.save")

    def _refresh(self) -> None:
        if not self._built:
            return
        free = self.fields.is_complete and not self.run.is_running
        self.test.state(["!disabled" if free else "disabled"])
        self.save.state(["!disabled" if free and self.agreed.get() else "disabled"])
        self.stop.state(["!disabled" if self.run.is_running else "disabled"])

    def _test(self) -> None:
        self._start("none")

    def _save(self) -> None:
        store: Store = "files" if self.store.get() == "files" else "keyring"
        if self.fields.key_length >= _SHORTEST_KEY:
            self._start(store)
            return
        answers = (
            Answer(text("access.wizard.short_save"), lambda: self._start(store)),
            Answer(text("access.wizard.short_back")),
        )
        words = text("access.wizard.short", count=self.fields.key_length)
        ask(self.dialog.window, text("access.wizard.title"), words, answers)

    def _start(self, store: Store, *, replacing: bool = False) -> None:
        self._storing = store
        program = key_program(self._context.ports, self.mode.get(), store, replacing=replacing)
        self.run.start(program, self.fields.typed())
        self._scroll.to_top()
        self._refresh()

    def _answered(self, report: Preflight | None) -> None:
        self._refresh()
        if report is None:
            return
        if report.state_of(OTHER_KEYS) is not None:
            self._ask_to_replace()
        elif report.stored:
            self.fields.empty()
            self.agreed.set(False)
            self._refresh()
            words = text(f"access.wizard.saved_{report.stored}")
            self.run.say(words, "Accent.TLabel")
            self._saved(words)
        elif self._storing == "none" and report.state_of("account") is CheckState.OK:
            key = "access.wizard.works_but" if report.failed else "access.wizard.works"
            account = next(one.found for one in report.checks if one.name == "account")
            style = "Warning.TLabel" if report.failed else "Accent.TLabel"
            self.run.say(text(key, account=account), style)

    def _ask_to_replace(self) -> None:
        store = self._storing
        answers = (
            Answer(text("access.wizard.replace"), lambda: self._start(store, replacing=True)),
            Answer(text("access.cancel")),
        )
        ask(self.dialog.window, text("access.wizard.title"), text("access.wizard.others"), answers)

    def _stop(self) -> None:
        self.run.stop()
        self._refresh()

    def _open_page(self) -> None:
        self._context.ports.open_place(dict(PAGES)[self.mode.get()])

    def _open_docs(self) -> None:
        self._context.ports.open_place(DOCS)

    def _clear(self) -> None:
        self._context.commands.run("access.clear_keys")

    def _close(self) -> None:
        self.fields.empty()
        self.dialog.close()
