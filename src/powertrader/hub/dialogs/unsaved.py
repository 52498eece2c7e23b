"""The question before the window closes over edits that nobody saved."""

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Answer, Dialog, ask


@runtime_checkable
class Editing(Protocol):
    """A screen or dialog in which something may be edited that counts only once it is saved."""

    @property
    def unsaved(self) -> int:
        """How many values are edited and not saved."""
        ...

    def save_edits(self, then: Callable[[], None]) -> None:
        """Save them and go on with `then`; what keeps them from being saved is told, and nothing follows."""
        ...


def ask_unsaved(parent: tk.Misc, editing: Sequence[Editing], then: Callable[[], None]) -> Dialog | None:
    """Go on with `then`; where something is edited only after it was saved, or may be lost.

    Gives the question, None where there was nothing to ask.
    """
    count = sum(one.unsaved for one in editing)
    if not count:
        then()
        return None
    answers = (
        Answer(text("unsaved.save"), partial(_save, tuple(editing), then)),
        Answer(text("unsaved.discard"), then),
        Answer(text("unsaved.stay")),
    )
    key = "unsaved.ask_one" if count == 1 else "unsaved.ask"
    return ask(parent, text("unsaved.title"), text(key, count=count), answers)


def _save(editing: Sequence[Editing], then: Callable[[], None]) -> None:
    """Save one after the other: they may write the same file."""
    if not editing:
        then()
    else:
        editing[0].save_edits(partial(_save, editing[1:], then))
