"""From a command to what the session does about it."""

from typing import Final

from powertrader.models.command import Command, Wish
from powertrader.models.rules import TradingRules
from powertrader.models.trade import MANUAL_EXIT
from powertrader.models.types import CoinSymbol
from powertrader.trader.manual import Reply
from powertrader.trader.session import Session

SOLD_BY_HAND: Final = "sold by hand"
_NO_COIN: Final = Reply.no("name a coin, such as BTC")


def _sold(session: Session, coin: CoinSymbol, rules: TradingRules) -> Reply:
    """Sell by hand; what was or may be sold is not bought again by the signal that is still there."""
    before = session.book.position(coin).quantity
    reply = session.sell(coin, rules)
    if not (reply.done or session.book.position(coin).quantity < before or _is_being_sold(session, coin)):
        return reply
    session.pause(coin, SOLD_BY_HAND)
    text = f"{reply.text}; {coin} is not bought again until: powertrader resume {coin}"
    return Reply(done=reply.done, text=text)


def _is_being_sold(session: Session, coin: CoinSymbol) -> bool:
    intents = [order.intent for order in session.book.open_orders.values()]
    return any(intent.coin == coin and intent.reason == MANUAL_EXIT for intent in intents)


def fulfil(session: Session, command: Command, rules: TradingRules) -> Reply:
    """Carry a command out once and give what came of it. Raises what the venue raises."""
    if command.wish is Wish.PAUSE:
        return session.pause(command.coin, command.reason)
    if command.wish is Wish.RESUME:
        return session.resume(command.coin, command.reason)
    if command.coin is None:
        return _NO_COIN
    if command.wish is Wish.SELL:
        return _sold(session, command.coin, rules)
    adoption = session.adopt(command.coin)
    return Reply(done=bool(adoption.events), text=adoption.explanation)
