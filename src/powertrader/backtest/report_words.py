"""What every report says about itself: what a backtest imitates, and what it leaves out."""

from typing import Final

_SIMULATED: Final = """
Every step is one closed candle; nothing is seen before it closed, and the patterns are learnt again on
the way from what had closed by then.

Market orders fill at the candle's close, half the spread and the slippage worse, and pay the taker fee;
an order that is large beside the candle's volume slips further, and its rest expires.

Amounts are rounded down to the pair's steps, orders below its minimum are refused, and all coins share
one account.
"""
_NOT_SIMULATED: Final = """
Within a candle nothing happens. Live, prices are looked at every second, so a purchase or sale may come
earlier and at another price.

The order rules of a pair are the usual ones, not those that the exchange had then. Outages, delays, taxes,
and prices that move because of your own orders are left out.

The coins are those you chose today: coins that vanished meanwhile are not among them, which flatters every
backtest. What happened once need not happen again.
"""


_EXAMPLE_SIMULATED: Final = """
Every step is one closed candle; nothing is seen before it closed, and an order goes out at the close that
it was decided by. Candles from before the start only warm the strategy up.

Market orders fill at the candle's close, half the spread and the slippage worse, and pay the taker fee;
an order that is large beside the candle's volume slips further, and its rest expires.

Orders that rest in the book (order.limit_offset_pct) fill at their own price with the maker fee once a later
candle has crossed it and not only touched it, as far as its volume goes.

Amounts are rounded down to the pair's steps, orders below its minimum are refused. Each coin has an equal
share of the money at the start, and goes on with what it made of it.
"""
_EXAMPLE_NOT_LIVE: Final = """
This strategy is an example, and trades on paper in backtests only: live, PowerTrader trades the classic one.
It does not look at the settings of entry, dca and trailing.
"""


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(part.replace("\n", " ").strip() for part in text.split("\n\n"))


SIMULATED: Final = _sentences(_SIMULATED)
NOT_SIMULATED: Final = _sentences(_NOT_SIMULATED)
EXAMPLE_SIMULATED: Final = _sentences(_EXAMPLE_SIMULATED)
EXAMPLE_NOT_SIMULATED: Final = (*_sentences(_EXAMPLE_NOT_LIVE), *NOT_SIMULATED)
