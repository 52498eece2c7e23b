"""What a user asks of a trader besides its own steps: pause, go on, sell, adopt."""

from dataclasses import dataclass
from typing import Self

from powertrader.core.verdicts import words_for
from powertrader.models.book import Book
from powertrader.models.decision import Action, ActionKind
from powertrader.models.journal import HaltCause, Halted, Resumed
from powertrader.models.money import fixed_text
from powertrader.models.position import NOTHING
from powertrader.models.trade import MANUAL_EXIT
from powertrader.models.types import CoinSymbol
from powertrader.trader.adoption import Adoption, adopt, not_ours
from powertrader.trader.balances import held_of
from powertrader.trader.dca_engine import gain_pct
from powertrader.trader.desk import Desk
from powertrader.trader.execution import ORDER_OPEN, ORDER_UNKNOWN, Outcome
from powertrader.trader.view import StepView


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a wish, in plain words."""

    done: bool
    text: str

    @classmethod
    def yes(cls, text: str) -> Self:
        """Tell that it was done."""
        return cls(done=True, text=text)

    @classmethod
    def no(cls, text: str) -> Self:
        """Tell why it was not done."""
        return cls(done=False, text=text)


def pause(desk: Desk, coin: CoinSymbol | None, reason: str) -> Reply:
    """Stop the purchases of one coin, or of all (None); exits go on."""
    known = desk.book.halts.get(coin)
    if known is None:
        desk.note(Halted(coin, reason or "paused by hand", desk.ports.clock.now()))
        return Reply.yes(f"{coin or 'everything'}: no more purchases; exits go on")
    return Reply.no(f"{coin or 'everything'} is paused already: {known}")


def resume(desk: Desk, coin: CoinSymbol | None, reason: str, *, held_back: bool) -> Reply:
    """Lift what stops one coin, or everything (None); held_back: a refusal of the venue did as well.

    An order that may have been executed is not settled by a word: that coin stays frozen.
    """
    book = desk.book
    freeze = book.freezes.get(coin)
    if freeze is not None and freeze.cause is HaltCause.NO_TRACE:
        return Reply.no(freeze.reason)
    if coin in book.halts or freeze is not None:
        desk.note(Resumed(coin, reason or "resumed by hand", desk.ports.clock.now()))
    elif not held_back:
        return Reply.no(f"{coin or 'everything'} is not paused{_still_stopped(book, coin)}")
    return Reply.yes(f"{coin or 'everything'} goes on{_still_stopped(book, coin)}")


def _still_stopped(book: Book, coin: CoinSymbol | None) -> str:
    """Name what stays stopped, so that nobody waits for a coin that has its own reason."""
    stopped = [*book.halts.items(), *((one, halt.reason) for one, halt in book.freezes.items())]
    others = [f"{one or 'everything'} ({why})" for one, why in stopped if coin in (None, one) or one is None]
    return f"; still stopped: {', '.join(others)}" if others else ""


def sale_of(view: StepView, coin: CoinSymbol) -> Action | str:
    """Give the sale of a whole position at once, or in words why there is none."""
    frozen = view.frozen.get(coin)
    if frozen is not None:
        return f"{coin} is not sold: {words_for(frozen)}"
    position = next((held for held in view.held if held.coin == coin), None)
    if position is None:
        return f"{coin} is not sold: the bot holds none of it that could be sold"
    bid = view.quotes[coin].bid
    gain = gain_pct(bid, position.basis) if position.basis > 0 else None
    return Action(ActionKind.EXIT, coin, MANUAL_EXIT, basis=position.basis or None, gain_pct=gain)


def sale_reply(outcome: Outcome) -> Reply:
    """Say what became of a sale by hand."""
    coin, executed = outcome.action.coin, fixed_text(outcome.executed)
    if outcome.done:
        return Reply.yes(f"sold {executed} {coin} for {fixed_text(outcome.cash)} after fees")
    why = outcome.gate.text if outcome.gate is not None else words_for(outcome.refusal or "")
    if outcome.executed:
        return Reply.no(f"sold only {executed} {coin}: {why}")
    if outcome.refusal in (ORDER_OPEN, ORDER_UNKNOWN):
        return Reply.no(f"{coin} may be sold: {why}")
    return Reply.no(f"{coin} is not sold: {why}")


def adoption_now(desk: Desk, coin: CoinSymbol) -> Adoption:
    """Give what adopting a coin would mean with the present account. Raises what the venue raises."""
    if coin == desk.quote_asset:
        text = f"{coin} is the quote asset: deposits and withdrawals of it are booked by themselves"
        return Adoption(coin, (), text, NOTHING)
    client = desk.ports.client
    balances = {balance.asset: balance for balance in client.get_account().balances}
    # Our own fills made the position what it is; they say nothing of coins that came beside it.
    history = not_ours(client.get_order_history(desk.symbol(coin)), desk.ports.ledger.events())
    return adopt(desk.book, coin, held_of(balances, coin), history, desk.ports.clock.now())
