"""What a key may do at Binance, found out without placing an order."""

from collections.abc import Callable
from functools import partial
from typing import Final, TypeVar

from powertrader.core.exceptions import AccessRefused, BadData, RateLimitError, Rejected, RetryLater
from powertrader.exchanges.binance_session import BinanceSession, Request
from powertrader.exchanges.binance_wire_rights import may_trade, rights_of
from powertrader.models.account import KeyRights
from powertrader.models.instrument import Instrument
from powertrader.models.money import fixed_text
from powertrader.models.types import Environment

WITHOUT_ANSWER: Final[frozenset[Environment]] = frozenset({"testnet", "demo"})
"""Environments where nobody can be asked about the rights of a key."""
_ACCOUNT: Final = Request("get_account", 20, "account", signed=True)
_RESTRICTIONS: Final = Request("get_account_api_permissions", 1, "rights of the key", signed=True)
_TEST_ORDER: Final = Request("create_test_order", 1, "test order, which is never placed", signed=True)
Value = TypeVar("Value")


class BinanceKeyCheck:
    """Asks Binance about the key of a session; nothing is ever placed."""

    def __init__(self, session: BinanceSession, mode: Environment) -> None:
        """Ask nothing yet."""
        self._session = session
        self._mode = mode

    def clock_offset_s(self) -> float:
        """Give by how many seconds Binance's clock is ahead of this computer's. Raises RetryLater."""
        return _understood(self._session.measure_clock)

    def rights(self, pair: Instrument | None) -> KeyRights:
        """Give what the key may do. Raises RetryLater, and AccessRefused when it may not even read.

        pair: for a test order where rights are told by nobody; None leaves the right to trade unknown.
        """
        account_trades = _understood(lambda: may_trade(self._session.read(_ACCOUNT)))
        if self._mode not in WITHOUT_ANSWER:
            content = self._session.read(_RESTRICTIONS)
            return _understood(partial(rights_of, content, account_trades=account_trades))
        trading = None if pair is None else self._takes_orders(pair)
        return KeyRights(trading=trading, account_trades=account_trades)

    def _takes_orders(self, pair: Instrument) -> bool:
        """Tell whether an order would get past the key's rights; whether it is a good one is not asked."""
        quantity = fixed_text(max(pair.min_quantity, pair.lot_step))
        try:
            self._session.read(_TEST_ORDER, symbol=pair.symbol, side="BUY", type="MARKET", quantity=quantity)
        except AccessRefused as error:
            if error.retry_after_s is not None:
                raise RateLimitError(str(error), error.retry_after_s) from error
            return False
        except Rejected:
            return True
        return True


def _understood(read: Callable[[], Value]) -> Value:
    """Give what an answer says; one that makes no sense is to be asked for again. Raises RetryLater."""
    try:
        return read()
    except BadData as error:
        msg = f"a reply of Binance cannot be used: {error}"
        raise RetryLater(msg) from error
