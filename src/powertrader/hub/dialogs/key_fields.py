"""The fields into which keys are typed: the key, and its secret or the file of a private key."""

import tkinter as tk
from collections.abc import Callable
from tkinter import filedialog, ttk
from typing import Final

from powertrader.hub.access import TypedKeys
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text

_BULLET: Final = "\N{BULLET}"
SHARED: Final = "shared"
PRIVATE: Final = "private"
_LEAST_CHARACTERS: Final = 40


class KeyFields:
    """Key, and secret or private key; changed is called whenever something is typed.

    The fields are the only place where the window has them.
    """

    def __init__(self, parent: tk.Misc, context: PanelContext, changed: Callable[[], None]) -> None:
        """Make them empty."""
        self._changed = changed
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(1, weight=1)
        self.kind = tk.StringVar(self.frame, SHARED)
        self.api_key = self._entry(0, "access.wizard.api_key")
        self._build_kinds()
        self.secret = self._entry(2, "access.wizard.secret", masked=True)
        self.file = self._entry(3, "access.wizard.file")
        self.browse = ttk.Button(
            self.frame, text=text("access.wizard.browse"), style="Small.TButton", command=self._browse
        )
        self.browse.grid(row=3, column=2, padx=(8, 0))
        self.passphrase = self._entry(4, "access.wizard.passphrase", masked=True)
        self._of_secret = self.frame.grid_slaves(row=2)
        self._of_private = [*self.frame.grid_slaves(row=3), *self.frame.grid_slaves(row=4)]
        for name in ("api_key", "secret", "file", "passphrase"):
            context.explain(getattr(self, name), f"access.help.{name}")
        context.explain(self.browse, "access.help.browse")
        self._show_kind()

    @property
    def is_complete(self) -> bool:
        """Whether enough is there to be tried."""
        second = self.secret if self.kind.get() == SHARED else self.file
        return bool(self.api_key.get().strip() and second.get().strip())

    @property
    def key_length(self) -> int:
        """How many characters the key has."""
        return len(self.api_key.get().strip())

    def typed(self) -> TypedKeys:
        """Give what was typed, to be handed over once."""
        content = {"api_key": self.api_key.get()}
        if self.kind.get() == SHARED:
            content["api_secret"] = self.secret.get()
        else:
            content |= {"private_key": self.file.get(), "passphrase": self.passphrase.get()}
        return TypedKeys(content)

    def empty(self) -> None:
        """Forget everything that was typed."""
        for entry in (self.api_key, self.secret, self.file, self.passphrase):
            entry.delete(0, "end")
        self._changed()

    def _build_kinds(self) -> None:
        row = ttk.Frame(self.frame)
        row.grid(row=1, column=1, sticky="w", pady=2)
        for kind in (SHARED, PRIVATE):
            made = ttk.Radiobutton(
                row,
                text=text(f"access.wizard.kind_{kind}"),
                variable=self.kind,
                value=kind,
                command=self._show_kind,
            )
            made.pack(side="left", padx=(0, 12))

    def _entry(self, place: int, key: str, *, masked: bool = False) -> ttk.Entry:
        label = ttk.Label(self.frame, text=text(key))
        label.grid(row=place, column=0, sticky="w", padx=(0, 10), pady=3)
        made = ttk.Entry(self.frame, width=_LEAST_CHARACTERS, show=_BULLET if masked else "")
        # a variable would be one more place that has it
        made.configure(validate="key", validatecommand=self._edited)
        made.grid(row=place, column=1, sticky="ew", pady=3)
        return made

    def _edited(self) -> bool:
        """Take whatever is typed, and tell of it once it is there."""
        self.frame.after_idle(self._changed)
        return True

    def _show_kind(self) -> None:
        """Show the fields of the chosen kind only."""
        is_secret = self.kind.get() == SHARED
        for widgets, shown in ((self._of_secret, is_secret), (self._of_private, not is_secret)):
            for widget in widgets:
                if shown:
                    widget.grid()
                else:
                    widget.grid_remove()
        self._changed()

    def _browse(self) -> None:
        chosen = filedialog.askopenfilename(parent=self.frame, title=text("access.wizard.browse_title"))
        if chosen:
            self.file.delete(0, "end")
            self.file.insert(0, chosen)
            self._changed()
