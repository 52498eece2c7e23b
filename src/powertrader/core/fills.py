"""What a market order gets where no real venue fills it: paper, replay and backtest."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.money import decimal_of, product, rounded_down, rounded_up
from powertrader.models.order import Side

_WHOLE_PCT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution.

    quote_quantity is paid or received before the fee; a purchase pays its fee in the coin, a sale in
    the quote asset, as Binance takes them.
    """

    quantity: Decimal
    quote_quantity: Decimal
    fee: Decimal


def market_fill(side: Side, quantity: Decimal, quote: Quote, costs: CostModel) -> Fill:
    """Fill a market order whole, worse than the best price by the slippage, with the taker fee.

    Every rounding to 8 decimals goes against us.
    """
    slippage = decimal_of(costs.slippage_pct) / _WHOLE_PCT
    taker = decimal_of(costs.taker_pct) / _WHOLE_PCT
    if side is Side.BUY:
        price = product(decimal_of(quote.ask), 1 + slippage)
        return Fill(quantity, rounded_up(product(quantity, price)), rounded_up(product(quantity, taker)))
    price = product(decimal_of(quote.bid), 1 - slippage)
    received = rounded_down(product(quantity, price))
    return Fill(quantity, received, rounded_up(product(received, taker)))
