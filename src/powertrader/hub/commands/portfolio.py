"""What a user wants of the running trader: sell, adopt, pause and resume, as on the command line."""

import tkinter as tk
from collections.abc import Callable, Mapping
from functools import partial

from powertrader.core.command_box import CommandBox, new_command
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.dialogs.sell import SellDialog, Seller
from powertrader.hub.panel import PanelContext
from powertrader.hub.sale_plan import sale_plan
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from powertrader.models.command import CommandAnswer, Wish
from powertrader.models.status import TraderReport


class Portfolio:
    """Hands wishes to the running trader and says what came of them.

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
        """Register the commands; coin is that of the row, for pause and resume also none for all."""
        self._context.commands.register_all(
            {
                "portfolio.sell": self._sell,
                "portfolio.adopt": self._adopt,
                "trading.pause": partial(self._wish, Wish.PAUSE),
                "trading.resume": partial(self._wish, Wish.RESUME),
            }
        )

    def _sell(self, **arguments: object) -> None:
        coin, view, trader = str(arguments["coin"]), self._view(), self._trader(Wish.SELL, arguments)
        if view is None or trader is None:
            return
        plan = sale_plan(coin, view)
        if plan is None:
            self._context.say(text("sell.gone", coin=coin), "warning")
            return
        seller = Seller(trader.mode, trader.account, trader.quote_asset)
        if self.sell_dialog is not None and self.sell_dialog.dialog.is_open:
            self.sell_dialog.dialog.close()
        sell = partial(self._wish, Wish.SELL, coin=coin)
        self.sell_dialog = SellDialog(self._parent, plan, seller, self._context, sell)
        self.sell_dialog.open()

    def _adopt(self, **arguments: object) -> None:
        coin, trader = str(arguments["coin"]), self._trader(Wish.ADOPT, arguments)
        if trader is None:
            return
        words = text("wishes.adopt_words", coin=coin, mode=trader.mode, account=trader.account)
        adopt = Answer(text("wishes.adopt_ok", coin=coin), partial(self._wish, Wish.ADOPT, coin=coin))
        cancel = Answer(text("wishes.adopt_cancel"))
        title = text("wishes.adopt_title", coin=coin)
        self.adopt_dialog = ask(self._parent, title, words, (adopt, cancel))

    def _wish(self, wish: Wish, **arguments: object) -> None:
        """Ask the trader in the background; what came of it is said when it answers."""
        trader = self._trader(wish, arguments)
        view = self._view()
        if trader is None or view is None:
            return
        found = arguments.get("coin")
        coin = str(found) if found else None
        ports = self._context.ports
        box = CommandBox(ports.paths.commands(trader.mode, trader.account), ports.store, ports.mailbox)
        command = new_command(wish, coin, text("wishes.reason"), ports.wall.now())
        step_s = view.settings.config.trader.step_s
        what = text(f"wishes.{wish.value}", coin=coin or text("wishes.every_coin"))
        self._context.say(text("wishes.asked", what=what), "news")
        # each wish is answered by itself: a second one must not make the first one's answer unheard
        self._context.background.ask(
            f"wish.{command.number}",
            lambda: box.ask(command, ports.wall, step_s),
            self._answered,
            self._failed,
        )

    def _trader(self, wish: Wish, arguments: Mapping[str, object]) -> TraderReport | None:
        """Give who runs and can be asked; None after saying why nobody can."""
        view = self._view()
        report = view.snapshot.trader if view is not None else None
        running = view.snapshot.process("trader") if view is not None else None
        if running is None or running.pid is None:
            command = " ".join([wish.value, *(str(one) for one in arguments.values() if one)])
            self._context.say(text("wishes.no_trader", command=command), "warning")
            return None
        mode = running.heartbeat.mode if running.heartbeat is not None else ""
        if report is None or mode != report.mode:
            self._context.say(text("wishes.no_report"), "warning")
            return None
        return report

    def _answered(self, answer: CommandAnswer) -> None:
        self._context.say(answer.text, "news" if answer.done else "warning")

    def _failed(self, error: PowerTraderError) -> None:
        self._context.say(text("wishes.failed", error=error), "error")
