"""The note on one trade: written to the disk as it is typed, and kept here until it is there."""

import contextlib
import logging
import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial
from tkinter import ttk
from typing import Final, Literal

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.journal_notes import JournalNotes, Note, tags_in
from powertrader.hub.journal_rows import NO_NOTE
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.theme import TEXT
from powertrader.hub.widgets.wrapped_label import WrappedLabel

PAUSE_MS: Final = 500
"""A note is written when nothing was typed for so long, and at once when the user goes elsewhere."""
_LINES: Final = 5
_READINGS: Final = 2
log = logging.getLogger(__name__)


class NoteEditor:
    """Two fields for words and tags; on_stored is told the order whose note has changed."""

    def __init__(self, context: PanelContext, on_stored: Callable[[str], None]) -> None:
        """Bind what it works with; the notes are read with `read`."""
        self._context = context
        self._on_stored = on_stored
        self._notes = JournalNotes(context.ports.paths.journal_notes, context.ports.store)
        self._stored: Mapping[str, Note] = {}
        self._unstored: dict[str, Note] = {}
        self._order = ""
        self._pending = ""
        self._draft = ("", "")
        self._is_read = False
        self._tried = 0

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the fields."""
        frame = ttk.Frame(parent)
        self.title = WrappedLabel(frame, style="Bold.TLabel")
        self.title.pack(fill="x")
        ttk.Label(frame, text=text("journal.note_label")).pack(anchor="w", pady=(6, 2))
        self.words = tk.Text(frame, height=_LINES, width=10, wrap="word", font=TEXT, undo=True, borderwidth=0)
        self.words.configure(highlightthickness=1, padx=6, pady=4)
        self.words.pack(fill="x")
        ttk.Label(frame, text=text("journal.tags_label")).pack(anchor="w", pady=(6, 2))
        self._tags = tk.StringVar(frame)
        self.tags = ttk.Entry(frame, textvariable=self._tags)
        self.tags.pack(fill="x")
        self.status = WrappedLabel(frame, style="Muted.TLabel")
        self.status.pack(fill="x", pady=(4, 0))
        self.again = ttk.Button(
            frame, text=text("journal.try_again"), style="Small.TButton", command=self.store_all
        )
        self._context.explain(self.words, "journal.help.note")
        self._context.explain(self.tags, "journal.help.tags")
        self._context.explain(self.again, "journal.help.try_again")
        self._bind(frame)
        self._context.theme.on_change(self.paint)
        self.paint()
        self.edit("", "")
        return frame

    def read(self) -> None:
        """Have the notes read from the disk."""
        self._context.background.ask("journal.notes", self._notes.read, self._was_read, self._not_read)

    def note_of(self, order: str) -> Note:
        """Give the note on an order, also one that is not on the disk yet."""
        return self._unstored[order] if order in self._unstored else self._stored.get(order, NO_NOTE)

    @property
    def notes(self) -> Mapping[str, Note]:
        """All notes by order."""
        return {order: note for order, note in {**self._stored, **self._unstored}.items() if note}

    def edit(self, order: str, title: str) -> None:
        """Let the note on an order be edited; what was typed before is written first. No order: nothing."""
        self.store()
        self._order = order
        self.title.say(title or text("journal.no_trade_chosen"))
        # before the notes are known, typing would replace one that is there
        state: Literal["normal", "disabled"] = "normal" if order and self._is_read else "disabled"
        self.words.configure(state="normal")
        self.words.delete("1.0", "end")
        note = self.note_of(order)
        self.words.insert("1.0", note.words)
        self.words.edit_reset()
        self.words.configure(state=state)
        self.tags.configure(state=state)
        self._tags.set(", ".join(note.tags))
        self._forget_pending()
        self._draft = (note.words, self._tags.get())
        if not self._unstored:
            self._say("", "Muted.TLabel")

    def typed(self) -> str:
        """Give what stands in the field for words."""
        return self.words.get("1.0", "end-1c").rstrip()

    def store(self) -> None:
        """Have what was typed written now, if it is new."""
        self._forget_pending()
        if not self._order or not self._is_read:
            return
        try:
            note = Note(self.typed(), tags_in(self._tags.get()))
        except ValueError as error:
            self._say(text("journal.too_long", reason=error), "Error.TLabel")
            return
        if note != self.note_of(self._order):
            self._unstored[self._order] = note
            self._write(self._order)

    def store_all(self) -> None:
        """Try again to write everything that is not on the disk."""
        self.store()
        for order in self._unstored:
            self._write(order)

    def paint(self) -> None:
        """Take the colours in force."""
        palette = self._context.theme.palette
        self.words.configure(
            background=palette.panel,
            foreground=palette.fg,
            insertbackground=palette.fg,
            selectbackground=palette.select_bg,
            selectforeground=palette.select_fg,
            highlightbackground=palette.border,
            highlightcolor=palette.accent2,
        )

    def _bind(self, frame: ttk.Frame) -> None:
        # not keys: what is pasted with the mouse counts as well
        self.words.bind("<<Modified>>", lambda _: self._modified())
        self._tags.trace_add("write", lambda *_: self._typing())
        for field in (self.words, self.tags):
            field.bind("<FocusOut>", lambda _: self.store(), add=True)
            field.bind("<Control-Return>", lambda _: self._store_and_stay())
        # Tab goes on to the next field, as everywhere; a note needs no tabs
        self.words.bind("<Tab>", lambda event: self._go(event.widget.tk_focusNext()))
        self.words.bind("<Shift-Tab>", lambda event: self._go(event.widget.tk_focusPrev()))
        frame.bind("<Unmap>", lambda _: self.store(), add=True)
        self.words.bind("<Destroy>", lambda _: self._closing(), add=True)

    def _go(self, widget: tk.Misc | None) -> str:
        if widget is not None:
            widget.focus_set()
        return "break"

    def _store_and_stay(self) -> str:
        self.store()
        return "break"

    def _modified(self) -> None:
        if self.words.edit_modified():
            self.words.edit_modified(False)  # noqa: FBT003  Tk's own word for it
            self._typing()

    def _typing(self) -> None:
        """Write soon what has been typed; remember it, for the window may be gone before."""
        if not self._order or not self._is_read:
            return
        self._draft = (self.typed(), self._tags.get())
        self._forget_pending()
        self._pending = self.words.after(PAUSE_MS, self.store)

    def _forget_pending(self) -> None:
        if self._pending:
            self.words.after_cancel(self._pending)
            self._pending = ""

    def _write(self, order: str) -> None:
        note = self._unstored[order]
        self._say(text("journal.storing"), "Muted.TLabel")
        self._context.background.ask(
            f"journal.note.{order}",
            partial(self._notes.put, order, note),
            partial(self._was_stored, order, note),
            self._not_stored,
        )

    def _was_read(self, notes: Mapping[str, Note]) -> None:
        self._stored, self._is_read = notes, True
        self._on_stored("")
        self.edit(self._order, str(self.title.cget("text")) if self._order else "")

    def _not_read(self, error: PowerTraderError) -> None:
        self._say(text("journal.not_read", reason=error), "Error.TLabel")
        self._context.say(text("journal.not_read", reason=error), "error")
        self._tried += 1
        if self._tried < _READINGS:
            self.read()  # a damaged file was moved aside: there are no notes then, and new ones can be made

    def _was_stored(self, order: str, note: Note, notes: Mapping[str, Note]) -> None:
        self._stored = notes
        if self._unstored.get(order) == note:
            del self._unstored[order]
        if not self._unstored:
            self._say(text("journal.stored"), "Muted.TLabel")
        self._on_stored(order)

    def _not_stored(self, error: PowerTraderError) -> None:
        words = text("journal.not_stored", count=len(self._unstored), reason=error)
        self._say(words, "Error.TLabel")
        self._context.say(words, "error")

    def _say(self, words: str, style: str) -> None:
        self.status.say(words, style)
        if style == "Error.TLabel" and self._unstored:
            self.again.pack(anchor="w", pady=(4, 0))
        else:
            self.again.pack_forget()

    def _closing(self) -> None:
        """Write what is not on the disk yet before the window is gone; there is no later."""
        words, tags = self._draft
        note = self.note_of(self._order)
        with contextlib.suppress(ValueError):
            # the fields are gone already, the draft is not
            note = Note(words, tags_in(tags))
        if self._order and self._is_read and note != self.note_of(self._order):
            self._unstored[self._order] = note
        for order, note in self._unstored.items():
            try:
                self._notes.put(order, note)
            except PowerTraderError:
                log.exception("note not stored", extra={"order": order})
