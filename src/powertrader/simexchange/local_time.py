"""What the local exchange tells beside what a real venue tells: how its market time runs."""

from typing import Final

from powertrader.simexchange.local_exchange import LocalExchange

PATH: Final = "/local/clock"


def clock_reading(exchange: LocalExchange) -> dict[str, object]:
    """Give wall time and market time in milliseconds since 1970, and how fast the market runs."""
    return {"wall_ms": exchange.wall_ms(), "market_ms": exchange.market_ms(), "rate": exchange.clock.rate}
