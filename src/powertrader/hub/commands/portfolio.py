"""What a user wants of the trader: sell, adopt, pause and resume, as on the command line.

A trader that runs is asked; while none runs, the command line does it for a moment in its place.
"""

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from powertrader.core.command_box import CommandBox, new_command
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.dialogs.sell import SellDialog, Seller
from powertrader.hub.panel import PanelContext
from powertrader.hub.programs import Program
from powertrader.hub.sale_plan import sale_plan
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.models.command import Wish
from powertrader.models.types import CoinSymbol

_ASKED_HERE: Final = frozenset({Wish.SELL, Wish.ADOPT})
"""The command line asks before these; the window has asked already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a wish, in plain words."""

    done: bool
    words: str


class Portfolio:
    """Hands wishes on and says what came of them.

    view gives the newest view, None before the first. parent: the window that dialogs are over.
    """

    def __init__(self, parent: tk.Misc, context: PanelContext, view: Callable[[], HubView | None]) -> None:
        """Bind what it works with."""
        self._parent = parent
        self._context = context
        self._view = view
        self.sell_dialog: SellDialog | None = None
        self.adopt_dialog: Dialog | None = None

    def register(self) -> None:
        """Register the commands; coin is that of a row, None for all where they are paused or resumed."""
        self._context.commands.register_all(
            {
                "portfolio.sell": self.sell,
                "portfolio.adopt": self.adopt,
                "trading.pause": partial(self._wish, Wish.PAUSE),
                "trading.resume": partial(self._wish, Wish.RESUME),
            }
        )

    def sell(self, *, coin: CoinSymbol) -> None:
        """Ask whether a coin is to be sold now, with what that brings."""
        view, seller = self._view(), self._seller()
        if view is None or seller is None:
            return
        plan = sale_plan(coin, view)
        if plan is None:
            self._context.say(text("sell.gone", coin=coin), "warning")
            return
        self._close_dialogs()
        self.sell_dialog = SellDialog(
            self._parent, plan, seller, self._context, partial(self._ask, seller, Wish.SELL, coin)
        )
        self.sell_dialog.open()

    def adopt(self, *, coin: CoinSymbol) -> None:
        """Ask whether the ledger is to agree with what the account holds of a coin."""
        seller = self._seller()
        if seller is None:
            return
        self._close_dialogs()
        words = text("wishes.adopt_words", coin=coin, mode=seller.mode, account=seller.account)
        adopt = Answer(text("wishes.adopt_ok", coin=coin), partial(self._ask, seller, Wish.ADOPT, coin))
        answers = (adopt, Answer(text("wishes.adopt_cancel")))
        self.adopt_dialog = ask(self._parent, text("wishes.adopt_title", coin=coin), words, answers)

    def _wish(self, wish: Wish, *, coin: CoinSymbol | None = None) -> None:
        seller = self._seller()
        if seller is not None:
            self._ask(seller, wish, coin)

    def _close_dialogs(self) -> None:
        """Leave no question of another coin open."""
        if self.sell_dialog is not None and self.sell_dialog.dialog.is_open:
            self.sell_dialog.dialog.close()
        if self.adopt_dialog is not None and self.adopt_dialog.is_open:
            self.adopt_dialog.close()

    def _ask(self, seller: Seller, wish: Wish, coin: CoinSymbol | None) -> None:
        """Have a wish carried out in the background; what came of it is said when it is known."""
        view = self._view()
        if view is None:
            return
        what = text(f"wishes.{wish.value}", coin=coin or text("wishes.every_coin"))
        self._context.say(text("wishes.asked" if seller.runs else "wishes.doing", what=what), "news")
        step_s = view.settings.config.trader.step_s
        work = (
            partial(self._asked, seller, wish, coin, step_s)
            if seller.runs
            else partial(self._done_here, seller, wish, coin)
        )
        # a wish for one coin takes none away that was made for another
        key = f"wish.{wish.value}.{coin}"
        self._context.background.ask(key, work, self._answered, self._failed, is_wish=True)

    def _asked(self, seller: Seller, wish: Wish, coin: CoinSymbol | None, step_s: float) -> Outcome:
        ports = self._context.ports
        box = CommandBox(ports.paths.commands(seller.mode, seller.account), ports.store, ports.mailbox)
        answer = box.ask(new_command(wish, coin, text("wishes.reason"), ports.wall.now()), ports.wall, step_s)
        return Outcome(answer.done, answer.text)

    def _done_here(self, seller: Seller, wish: Wish, coin: CoinSymbol | None) -> Outcome:
        ports = self._context.ports
        arguments = [*([coin] if coin else []), *ports.options, "--mode", seller.mode]
        arguments += ["--account", seller.account, "--reason", text("wishes.reason")]
        arguments += ["--yes"] if wish in _ASKED_HERE else []
        answer = Program(ports, wish.value, *arguments).answer()
        return Outcome(bool(answer.get("done")), str(answer.get("text", "")))

    def _seller(self) -> Seller | None:
        """Give whose trader is meant; None after saying why there is none."""
        view = self._view()
        if view is None:
            return None
        report, process = view.snapshot.trader, view.snapshot.process("trader")
        runs, wanted = process.pid is not None, str(view.settings.config.trading.mode)
        if runs:
            wanted = process.heartbeat.mode if process.heartbeat is not None else ""
        if report is None or report.mode != wanted:
            key = "wishes.no_report" if runs else "wishes.never_ran"
            self._context.say(text(key, mode=wanted), "warning")
            return None
        age_s = (view.at - report.at).total_seconds()
        return Seller(report.mode, report.account, report.quote_asset, runs=runs, age_s=age_s)

    def _answered(self, outcome: Outcome) -> None:
        self._context.say(outcome.words, "news" if outcome.done else "warning")

    def _failed(self, error: PowerTraderError) -> None:
        self._context.say(text("wishes.failed", error=error), "error")
