"""The strip of both settings forms: what the change that is being typed would have done in the last days."""

import tkinter as tk
from collections.abc import Mapping
from tkinter import ttk
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.panel import PanelContext
from powertrader.hub.price_text import money_text
from powertrader.hub.programs import Program
from powertrader.hub.settings_model import Draft
from powertrader.hub.settings_preview import DAYS, Answer, Question, answer_of, question_of
from powertrader.hub.text import text
from powertrader.hub.widgets.sight import follow_sight
from powertrader.hub.widgets.wrapped_label import WrappedLabel

PAUSE_MS: Final = 300
"""Nothing is tried before nobody has typed for so long."""
_LINES: Final = ("about", "now", "changed", "past")


class SettingsPreview:
    """Asks when the change is another one, and gives it up when it is taken back or nobody can see it."""

    def __init__(self, parent: tk.Misc, context: PanelContext, key: str = "settings") -> None:
        """Show nothing: there is no change yet. key tells its questions from those of another."""
        self._context, self._key = context, f"{key}.preview"
        self._question: Question | None = None
        self._program: Program | None = None
        self._waiting = ""
        self.answer: Answer | None = None
        self.frame = ttk.Frame(parent)
        self._inside = ttk.Frame(self.frame)
        self._head = ttk.Label(self._inside, style="Accent.TLabel")
        self._head.pack(anchor="w")
        context.explain(self._head, "preview.help.head")
        self.lines = {name: WrappedLabel(self._inside, style="Muted.TLabel") for name in _LINES}
        for label in self.lines.values():
            label.pack(fill="x")
        follow_sight(self.frame, self._ask_soon, self._give_up)
        self.frame.bind("<Destroy>", self._destroyed, add=True)

    def show(self, draft: Draft, account: float | None) -> None:
        """Be about this draft; account is what there is to trade with, None when nobody knows."""
        question = question_of(draft, account)
        before = self._question
        if question is not None and before is not None and question.changes == before.changes:
            # an account moves all the time: it is asked about anew with the next change
            return
        self._give_up()
        self._question, self.answer = question, None
        if question is None:
            self._inside.pack_forget()
            # a frame keeps its height when the last of what is in it goes
            self.frame.configure(height=1)
            return
        self._head.configure(text=text("preview.head", days=DAYS))
        self._inside.pack(fill="x", pady=6)
        self._ask_soon()

    def _ask_soon(self) -> None:
        if self._question is None or self.answer is not None or self._waiting or self._program is not None:
            return
        self._say(about=text("preview.asking"))
        self._waiting = self.frame.after(PAUSE_MS, self._ask)

    def _ask(self) -> None:
        self._waiting = ""
        if self._question is None or not self.frame.winfo_viewable():
            return
        self._program = self._question.program(self._context.ports)
        self._context.background.ask(self._key, self._program.answer, self._answered, self._failed)

    def _answered(self, content: Mapping[str, object]) -> None:
        self._program = None
        try:
            self.answer = answer = answer_of(content)
        except PowerTraderError as error:
            self._failed(error)
            return
        account = money_text(answer.account, answer.quote)
        key = "preview.about_one" if answer.coins == 1 else "preview.about"
        about = text(key, start=answer.start, stop=answer.stop, coins=answer.coins, account=account)
        changed = answer.after.words(answer.quote)
        self._say(
            about=about,
            now=text("preview.now", words=answer.before.words(answer.quote)),
            changed=text("preview.changed", words=changed, difference=answer.difference()),
            past="\n".join([text("preview.past"), *answer.notes]),
        )

    def _failed(self, error: PowerTraderError) -> None:
        self._program = None
        self._say(about=text("preview.failed", reason=error))

    def _say(self, **words: str) -> None:
        for name, label in self.lines.items():
            label.say(words.get(name, ""), "TLabel" if name in {"now", "changed"} else "Muted.TLabel")
            if words.get(name):
                label.pack(fill="x")
            else:
                label.pack_forget()

    def _give_up(self) -> None:
        """Ask nothing more, and end what is being asked."""
        if self._waiting:
            self.frame.after_cancel(self._waiting)
            self._waiting = ""
        program, self._program = self._program, None
        if program is not None:
            self._context.background.forget(self._key)
            program.stop()

    def _destroyed(self, event: "tk.Event[tk.Misc]") -> None:
        if event.widget is self.frame:
            self._give_up()
