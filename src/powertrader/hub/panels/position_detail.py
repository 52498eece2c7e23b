"""One position in full: how it stands, its figures, its ladder, and what can be done with it."""

import tkinter as tk
from collections.abc import Iterator
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.hub.palettes import Palette
from powertrader.hub.panel import PanelContext
from powertrader.hub.position_state import sentences
from powertrader.hub.positions_view import figures_of, is_held, open_trade, quote_of
from powertrader.hub.price_text import money_text, percent_text, price_text, quantity_text
from powertrader.hub.stage_ladder import Rung, RungKind, ladder_of, levels_beyond
from powertrader.hub.text import text
from powertrader.hub.theme import BOLD, TEXT
from powertrader.hub.view import HubView
from powertrader.hub.widgets.ladder import Ladder, LadderLine
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.scroll_frame import ScrollFrame
from powertrader.hub.widgets.wrap_frame import WrapFrame
from powertrader.models.snapshot import CoinView
from powertrader.models.types import CoinSymbol

WIDTH_DIGITS: Final = 35
"""How wide the pane is, in digits of the text's font."""
_BESIDE_PX: Final = 30
"""What the scrollbar and the edges of the pane take."""
_FIGURES: Final = ("quantity", "value", "unrealised", "realised", "fees")


class PositionDetail:
    """The pane beside the table; `show` gives it another coin, or the same one with newer prices."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._coin: CoinView | None = None
        self._view: HubView | None = None

    @property
    def coin(self) -> CoinSymbol | None:
        """The coin that is shown."""
        return self._coin.coin if self._coin is not None else None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the pane, whose width does not follow what is in it."""
        frame = self._frame = ttk.Frame(parent, padding=(10, 0, 0, 0))
        frame.pack_propagate(False)  # noqa: FBT003  Tk's own word for it
        self._title = ttk.Label(frame, style="Title.TLabel")
        self._title.pack(side="top", anchor="w")
        self._make_buttons(frame)
        scrolled = ScrollFrame(frame)
        scrolled.pack(fill="both", expand=True)
        body = scrolled.body
        self._says = ttk.Label(body, justify="left")
        self._says.pack(anchor="w", pady=(2, 8))
        self._figures = self._made_figures(body)
        self.ladder = Ladder(body, fonts=(TEXT, BOLD))
        self.ladder.pack(fill="x", pady=(10, 0))
        self._beyond = ttk.Label(body, style="Muted.TLabel", justify="left")
        self._beyond.pack(anchor="w")
        self._context.explain(self.ladder, "positions.help.ladder")
        self._context.theme.on_change(self._refresh)
        self._refresh()
        return frame

    def clear(self) -> None:
        """Show no coin."""
        self._coin = None
        self._title.configure(text=text("positions.no_coin_chosen"))
        self._says.configure(text=text("positions.choose_one"))
        self._grid.pack_forget()
        self.ladder.show((), background=self._palette.bg, rail=self._palette.border)
        self._beyond.configure(text="")
        self._enable()

    def show(self, coin: CoinView, view: HubView) -> None:
        """Show a coin as a view has it."""
        self._coin, self._view = coin, view
        self._title.configure(text=coin.coin)
        self._says.configure(text="\n".join(sentences(coin, view)))
        self._show_figures(coin, view)
        self._show_ladder(coin, view)
        self._enable()

    def says(self) -> str:
        """Give what is said of how the coin stands."""
        return str(self._says.cget("text"))

    def items(self) -> list[MenuItem]:
        """Give what can be done with the coin, as lines of a menu."""
        coin = self.coin
        if coin is None:
            return []
        names = {"pause": "resume" if self._is_paused() else "pause"}
        return [
            MenuItem(
                text(f"positions.{names.get(name, name)}_coin", coin=coin),
                act,
                is_possible=self._is_possible(name),
            )
            for name, act in self._acts().items()
        ]

    @property
    def _palette(self) -> Palette:
        return self._context.theme.palette

    def _make_buttons(self, frame: ttk.Frame) -> None:
        self._wrap = WrapFrame(frame)
        self._wrap.pack(side="bottom", fill="x", pady=(8, 0))
        self.buttons = {name: self._button(self._wrap, name) for name in self._acts()}

    def _button(self, parent: tk.Misc, name: str) -> ttk.Button:
        button = ttk.Button(
            parent,
            text=text(f"positions.{name}"),
            style="Small.TButton",
            width=0,
            command=partial(self._act, name),
        )
        self._context.explain(button, f"positions.help.{name}")
        return button

    def _acts(self) -> dict[str, "partial[None]"]:
        show, run = self._context.show, self._context.commands.run
        coin = self.coin
        return {
            "explain": partial(show, "why", coin=coin),
            "chart": partial(show, "chart", coin=coin),
            "pause": partial(run, "trading.resume" if self._is_paused() else "trading.pause", coin=coin),
            "adopt": partial(run, "portfolio.adopt", coin=coin),
            "sell": partial(run, "portfolio.sell", coin=coin),
        }

    def _act(self, name: str) -> None:
        if self.coin is not None:
            self._acts()[name]()

    def _is_paused(self) -> bool:
        return self._coin is not None and bool(self._coin.halted or self._coin.frozen)

    def _is_possible(self, name: str) -> bool:
        if self._coin is None:
            return False
        command = {"pause": "trading.pause", "adopt": "portfolio.adopt", "sell": "portfolio.sell"}.get(name)
        if command is not None and command not in self._context.commands.names:
            return False
        return name != "sell" or is_held(self._coin)

    def _enable(self) -> None:
        for name, button in self.buttons.items():
            button.configure(state="normal" if self._is_possible(name) else "disabled")
        self.buttons["pause"].configure(
            text=text("positions.resume" if self._is_paused() else "positions.pause")
        )
        self._wrap.arrange(tuple(self.buttons.values()))

    def _made_figures(self, body: ttk.Frame) -> dict[str, ttk.Label]:
        self._grid = ttk.Frame(body)
        self._grid.columnconfigure(1, weight=1)
        found: dict[str, ttk.Label] = {}
        for place, name in enumerate(_FIGURES):
            ttk.Label(self._grid, text=text(f"positions.figure_{name}"), style="Muted.TLabel").grid(
                row=place, column=0, sticky="w", padx=(0, 12)
            )
            found[name] = ttk.Label(self._grid)
            found[name].grid(row=place, column=1, sticky="e")
            self._context.explain(found[name], f"positions.help.{name}")
        return found

    def _show_figures(self, coin: CoinView, view: HubView) -> None:
        quote, figures = quote_of(view), figures_of(coin, view.trades)
        held = coin.position if is_held(coin) else None
        # who has not told what is held, or is not done with the ledger, has not told of nothing
        nothing = 0.0 if coin.position is not None else None
        none_yet = 0 if view.trades.is_counted else None
        unrealised = money_text(figures.unrealised, quote, signed=True)
        words = {
            "quantity": quantity_text(held.quantity if held is not None else nothing),
            "value": money_text(figures.value if held is not None else nothing, quote),
            "unrealised": f"{unrealised} ({percent_text(figures.unrealised_pct)})"
            if held is not None
            else "",
            "realised": money_text(figures.realised or none_yet, quote, signed=True),
            "fees": money_text(figures.fees or none_yet, quote),
        }
        for name, label in self._figures.items():
            label.configure(text=words[name])
        if not self._grid.winfo_manager():
            self._grid.pack(fill="x", before=self.ladder)

    def _show_ladder(self, coin: CoinView, view: HubView) -> None:
        palette, levels = self._palette, view.settings.config.dca.levels
        lines: list[LadderLine] = []
        beyond = 0
        if coin.position is not None and is_held(coin):
            bought = open_trade(view.trades.of_coin(coin.coin))
            lines = list(ladder_lines(ladder_of(coin.position, bought, levels), palette, quote_of(view)))
            beyond = levels_beyond(coin.position, levels)
        self.ladder.show(lines, background=palette.bg, rail=palette.border)
        later = [text("positions.levels_beyond", count=beyond)] if beyond else []
        self._beyond.configure(text="\n".join([*later, text("positions.ladder_note")] if lines else []))

    def _refresh(self) -> None:
        width = WIDTH_DIGITS * self._context.theme.measure("0")
        self._frame.configure(width=width)
        for label in (self._says, self._beyond):
            label.configure(wraplength=width - _BESIDE_PX)
        if self._coin is not None and self._view is not None:
            self.show(self._coin, self._view)
        else:
            self.clear()


def ladder_lines(rungs: tuple[Rung, ...], palette: Palette, quote: str) -> Iterator[LadderLine]:
    """Give rungs as lines: a shape, a word, a price, and a colour for each kind."""
    looks = {
        RungKind.TRAIL: ("line", palette.up),
        RungKind.BOUGHT: ("full", palette.fg),
        RungKind.AVERAGE: ("diamond", palette.average),
        RungKind.BID: ("arrow", palette.accent2),
        RungKind.NEXT: ("hollow", palette.warning),
        RungKind.LATER: ("hollow", palette.muted),
    }
    for rung in rungs:
        shape, colour = looks[rung.kind]
        is_strong = rung.kind in {RungKind.BID, RungKind.NEXT}
        yield LadderLine(shape, _rung_words(rung), price_text(rung.price, quote), colour, is_strong)


def _rung_words(rung: Rung) -> str:
    if rung.kind is RungKind.BOUGHT:
        at = f"{rung.at.astimezone():%d %b %H:%M}" if rung.at is not None else ""
        return text("positions.rung_dca" if rung.stage else "positions.rung_entry", stage=rung.stage, at=at)
    if rung.kind is RungKind.TRAIL:
        key = "positions.rung_trailing" if rung.is_active else "positions.rung_trail"
        return text(key, percent=percent_text(rung.percent))
    if rung.kind is RungKind.NEXT and rung.percent is None:
        return text("positions.rung_by_signal", stage=rung.stage)
    if rung.kind in {RungKind.NEXT, RungKind.LATER}:
        return text(f"positions.rung_{rung.kind.value}", stage=rung.stage, percent=f"{rung.percent:g}%")
    return text(f"positions.rung_{rung.kind.value}")
