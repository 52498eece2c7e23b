"""compat=original: the account, prices and order rules as the original asks for them.

A request that fails looks like an empty answer (Q71, Q72); good prices and order rules are kept
for ever (Q68, Q70).
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from powertrader.core.exceptions import ExchangeError, PowerTraderError
from powertrader.models.account import Quote
from powertrader.models.instrument import Instrument
from powertrader.models.order import OrderReport
from powertrader.models.types import CoinSymbol
from powertrader.trader.desk import Desk

NO_PRICE: Final = "KeyError"
NEVER_HELD: Final = frozenset({"USDT", "USDC"})


class StepEnded(PowerTraderError):
    """The original's step ends here by an exception of this name (Q74)."""

    def __init__(self, name: str, coin: CoinSymbol) -> None:
        """Keep the name beside the text."""
        super().__init__(f"{name}: no price of {coin} was ever seen")
        self.name = name


class OriginalAccount:
    """What the original knows of the venue, with its memory of earlier answers."""

    def __init__(self, desk: Desk) -> None:
        """Work on this desk; nothing is asked yet."""
        self._desk = desk
        self._quotes: dict[CoinSymbol, Quote] = {}
        self._instruments: dict[str, Instrument] = {}

    def free_quote(self) -> Decimal | None:
        """Give the free quote asset, None when the account did not answer."""
        try:
            return self._desk.ports.client.get_account().free(self._desk.quote_asset)
        except ExchangeError:
            return None

    def holdings(self) -> dict[CoinSymbol, float]:
        """Give what is held by coin, locked amounts included, nothing when the account did not answer."""
        try:
            account = self._desk.ports.client.get_account()
        except ExchangeError:
            return {}
        held = {entry.asset: float(entry.free) + float(entry.locked) for entry in account.balances}
        return {coin: amount for coin, amount in held.items() if amount > 0 and coin not in NEVER_HELD}

    def has_pairs(self) -> bool:
        """Tell whether the venue names any tradable pair; not so when it did not answer."""
        try:
            return any(pair.tradable for pair in self._desk.ports.client.get_instruments().values())
        except ExchangeError:
            return False

    def quotes(self, coins: Iterable[CoinSymbol]) -> dict[CoinSymbol, Quote]:
        """Give the prices of coins, the last good one where there is none now (Q70)."""
        wanted = [coin for coin in coins if coin != "USDC"]
        try:
            fresh = self._desk.ports.quotes.get_quotes(wanted)
        except ExchangeError:
            fresh = {}
        self._quotes.update(fresh)
        return {coin: self._quotes[coin] for coin in wanted if coin in self._quotes}

    def order_quote(self, coin: CoinSymbol) -> Quote:
        """Give the price an order is sized with. Raises StepEnded when none was ever seen (Q74)."""
        quote = self.quotes((coin,)).get(coin)
        if quote is None:
            raise StepEnded(NO_PRICE, coin)
        return quote

    def instrument(self, coin: CoinSymbol) -> Instrument | None:
        """Give the order rules of a coin, None when asking for them failed (Q68)."""
        symbol = self._desk.symbol(coin)
        known = self._instruments.get(symbol)
        if known is None:
            try:
                found = self._desk.ports.client.get_instrument(symbol)
            except ExchangeError:
                return None
            known = self._instruments[symbol] = found or Instrument(symbol, coin)
        return known

    def history(self, coin: CoinSymbol) -> tuple[OrderReport, ...]:
        """Give the orders of a coin, none when asking for them failed (Q65)."""
        try:
            return self._desk.ports.client.get_order_history(self._desk.symbol(coin))
        except ExchangeError:
            return ()
