"""The fields that say which trades the journal shows."""

import tkinter as tk
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from tkinter import ttk

from powertrader.hub.journal_rows import KINDS, SPANS, JournalFilter
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.widgets.wrap_frame import WrapFrame
from powertrader.models.order import Side


class Choice(ttk.Frame):
    """A field with a name in which one of several values is chosen; the first of them, "", means all."""

    def __init__(self, parent: tk.Misc, name: str, on_change: Callable[[], None], width: int = 11) -> None:
        """Offer nothing but all."""
        super().__init__(parent)
        self._values: Mapping[str, str] = {}
        self._chosen = tk.StringVar(self)
        ttk.Label(self, text=text(f"journal.{name}_choice")).pack(side="left", padx=(0, 4))
        self.combo = ttk.Combobox(self, textvariable=self._chosen, state="readonly", width=width)
        self.combo.pack(side="left")
        self.combo.bind("<<ComboboxSelected>>", lambda _: on_change())
        self.offer(())

    def offer(self, values: Iterable[tuple[str, str]]) -> None:
        """Offer these, each with its words; what is chosen stays chosen where it is among them."""
        chosen = self.chosen
        self._values = {"": text("journal.all"), **dict(values)}
        self.combo.configure(values=list(self._values.values()))
        self.choose(chosen)

    @property
    def offered(self) -> tuple[str, ...]:
        """The values that can be chosen, but for all."""
        return tuple([value for value in self._values if value])

    @property
    def chosen(self) -> str:
        """The value that is chosen, "" for all."""
        words = self._chosen.get()
        return next((value for value, told in self._values.items() if told == words), "")

    def choose(self, value: str) -> None:
        """Choose a value, all when it is not offered."""
        self._chosen.set(self._values.get(value, text("journal.all")))


class JournalFilters:
    """Coin, side, reason, tag and time; on_change is called when the user chose something else."""

    def __init__(self, context: PanelContext, on_change: Callable[[], None]) -> None:
        """Bind what it works with."""
        self._context = context
        self._on_change = on_change

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the fields."""
        wrap = WrapFrame(parent, gap=10)
        names = (("coin", 8), ("side", 7), ("kind", 13), ("tag", 11), ("span", 14))
        self.choices = {name: Choice(wrap, name, self._on_change, width) for name, width in names}
        self.choices["side"].offer((side.value, text(f"journal.{side.value.lower()}")) for side in Side)
        self.choices["kind"].offer((kind, text(f"journal.kind_{kind}")) for kind in KINDS)
        self.choices["span"].offer((name, text(f"journal.span_{name}")) for name in SPANS if SPANS[name])
        for name, choice in self.choices.items():
            self._context.explain(choice.combo, f"journal.help.{name}")
        self.clear = ttk.Button(
            wrap, text=text("journal.show_all"), style="Small.TButton", command=self._clear
        )
        self._context.explain(self.clear, "journal.help.show_all")
        wrap.arrange((*self.choices.values(), self.clear))
        return wrap

    def wanted(self, now: datetime) -> JournalFilter:
        """Give what is chosen."""
        chosen = {name: choice.chosen for name, choice in self.choices.items()}
        span = SPANS.get(chosen["span"])
        since = None if span is None else now - span
        return JournalFilter(chosen["coin"], chosen["side"], chosen["kind"], chosen["tag"], since)

    def offer(self, coins: Sequence[str], tags: Sequence[str]) -> None:
        """Offer the coins and tags that there are."""
        for name, values in (("coin", coins), ("tag", tags)):
            self.choices[name].offer((value, value) for value in values)

    def show_coin(self, coin: str) -> None:
        """Choose one coin, also one without a trade, and nothing else."""
        known = self.choices["coin"].offered
        self.choices["coin"].offer((one, one) for one in sorted({*known, coin} - {""}))
        self.choose(coin=coin)

    def choose(self, **values: str) -> None:
        """Choose by name of the field; the others are set to all."""
        for name, choice in self.choices.items():
            choice.choose(values.get(name, ""))
        self._on_change()

    def _clear(self) -> None:
        self.choose()
