"""What a sale by hand would bring, in numbers, before anybody confirms it."""

from dataclasses import dataclass

from powertrader.hub.view import HubView
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class SalePlan:
    """A sale of everything the bot holds of a coin, at the bid of the last step.

    Amounts are in the quote asset and about right: the market order is executed at what is then the
    price. paid and profit are None when the price paid is unknown; profit is after the sale's fee.
    """

    coin: CoinSymbol
    quantity: float
    bid: float
    value: float
    fee: float
    paid: float | None
    profit: float | None
    profit_pct: float | None


def sale_plan(coin: CoinSymbol, view: HubView) -> SalePlan | None:
    """Give what selling a coin now would mean, None when nothing of it is held."""
    found = next((one.position for one in view.snapshot.coins if one.coin == coin), None)
    if found is None or not found.quantity > 0:
        return None
    value = found.quantity * found.bid
    fee = value * view.settings.config.costs.model.taker_pct / 100
    if not found.basis > 0:
        return SalePlan(coin, found.quantity, found.bid, value, fee, None, None, None)
    paid = found.quantity * found.basis
    profit = value - fee - paid
    return SalePlan(coin, found.quantity, found.bid, value, fee, paid, profit, profit / paid * 100)
