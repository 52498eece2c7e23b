"""From a command to what the session does about it."""

from typing import Final

from powertrader.models.command import Command, Wish
from powertrader.models.rules import TradingRules
from powertrader.trader.manual import Reply
from powertrader.trader.session import Session

_NO_COIN: Final = Reply.no("name a coin, such as BTC")


def fulfil(session: Session, command: Command, rules: TradingRules) -> Reply:
    """Carry a command out once and give what came of it. Raises what the venue raises."""
    if command.wish is Wish.PAUSE:
        return session.pause(command.coin, command.reason)
    if command.wish is Wish.RESUME:
        return session.resume(command.coin, command.reason)
    if command.coin is None:
        return _NO_COIN
    if command.wish is Wish.SELL:
        return session.sell(command.coin, rules)
    adoption = session.adopt(command.coin)
    return Reply(done=bool(adoption.events), text=adoption.explanation)
