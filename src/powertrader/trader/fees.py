"""What a fee in a third asset was worth in the quote asset."""

from decimal import Decimal
from typing import Final

from powertrader.core.config_costs import FEE_TIERS_PCT
from powertrader.core.exceptions import ExchangeError
from powertrader.models.money import decimal_of, product
from powertrader.models.order import OrderIntent
from powertrader.trader import deviations
from powertrader.trader.desk import Desk

_DEAREST_PCT: Final = max(max(tier) for tier in FEE_TIERS_PCT.values())
_PERCENT: Final = Decimal("0.01")


class FeeValues:
    """Values fees at the asset's price at the fill, at its last known price, or as the dearest fee."""

    def __init__(self, desk: Desk) -> None:
        """Ask this desk's quote source."""
        self._desk = desk
        self._asks: dict[str, float] = {}

    def worth(self, intent: OrderIntent, asset: str, fee: Decimal, traded: Decimal) -> Decimal | None:
        """Give the worth of a fee, None when it is in the coin or the quote asset.

        traded is what the fill moved in the quote asset. Without any price the fee counts as the
        dearest that is known: in doubt a trade earned less.
        """
        if asset in (intent.coin, self._desk.quote_asset) or not fee:
            return None
        self._desk.deviate(deviations.OTHER_FEE, intent.coin)
        ask = self._ask(asset)
        if ask is None:
            return product(traded, decimal_of(_DEAREST_PCT) * _PERCENT)
        return product(fee, decimal_of(ask))

    def _ask(self, asset: str) -> float | None:
        try:
            quote = self._desk.ports.quotes.get_quotes((asset,)).get(asset)
        except ExchangeError:
            quote = None
        if quote is not None:
            self._asks[asset] = quote.ask
        return self._asks.get(asset)
