"""Made-up cases for a user's original trader: prices that wander, signals, accidents and a restart."""

import json
import random
from collections.abc import Sequence
from typing import Any, Final

from powertrader.models.types import CoinSymbol
from powertrader.parity.case import Case
from powertrader.parity.original_made import DUMMY_KEYS
from powertrader.parity.thinker_coin import folder_of

_TICKS: Final = 60
_STEPS: Final = ("0.00001", "0.0001", "0.001", "0.01")
_ORDER_ACCIDENTS: Final[tuple[dict[str, Any], ...]] = (
    {"error": "api"},
    {"error": "order"},
    {"error": "generic"},
    {"polls": 2},
    {"polls": 1, "final": "CANCELED"},
    {"polls": 1, "final": "EXPIRED", "executed": "0.5"},
)
_FUNDS: Final = ("500", "5000", "20000")
_CALLS: Final = ("get_account", "get_symbol_info", "get_exchange_info", "get_all_orders", "get_order")
Prices = dict[CoinSymbol, Sequence[float]]


def trader_case(name: str, prices: Prices, start_s: int, chance: random.Random) -> Case:
    """Make a market day of a trader: each price of the coins is a tick; it is started anew halfway.

    prices: equally many for every coin, oldest first, in USDT. start_s: seconds since 1970.
    """
    coins = list(prices)
    count = min(_TICKS, *(len(one) for one in prices.values()))
    signals: dict[str, int] = {}
    ticks = [
        _tick(start_s + 600 * (number + 1), {coin: prices[coin][number] for coin in coins}, signals, chance)
        for number in range(count)
    ]
    half = count // 2
    runs = [
        {"start_now": start_s, "ticks": ticks[:half]},
        {"start_now": ticks[half]["now"] - 5, "ticks": ticks[half:]},
    ]
    files = {**DUMMY_KEYS, "gui_settings.json": json.dumps(_settings(coins, chance))}
    exchange = {
        "balances": [["USDT", chance.choice(_FUNDS), "0"], *([coin, "0", "0"] for coin in coins)],
        "lots": {f"{coin}USDT": _lot(chance) for coin in coins},
        "orders": [],
        "first_order_id": 1000,
        "fee_rate": chance.choice(["0", "0.001"]),
    }
    title = f"{count} ticks of {', '.join(coins)} with accidents, started anew halfway"
    return Case("trader", f"{name}_trader", title, {"files": files, "exchange": exchange, "runs": runs}, {})


def wandering_prices(coins: Sequence[CoinSymbol], chance: random.Random) -> Prices:
    """Give prices that swing far enough for entries, DCA buys and exits."""
    found: Prices = {}
    for coin in coins:
        price, drift, prices = chance.choice([0.5, 120.0, 2_000.0, 40_000.0]), 0.0, []
        for _ in range(_TICKS):
            drift = 0.8 * drift + chance.gauss(0, 0.008)
            price *= 1 + drift + chance.gauss(0, 0.006)
            prices.append(price)
        found[coin] = prices
    return found


def _tick(now: int, prices: dict[CoinSymbol, float], signals: dict[str, int], chance: random.Random) -> Any:
    tick: dict[str, Any] = {"now": now, "prices": {}, "files": {}}
    for coin, price in prices.items():
        quote = [f"{price * (1 - 0.0002):.6g}", f"{price * (1 + 0.0002):.6g}"]
        tick["prices"][f"{coin}USDT"] = quote if chance.random() > 0.02 else None  # noqa: PLR2004  1 in 50
        tick["files"] |= _signal_files(coin, price, signals, chance)
    if chance.random() < 0.1:  # noqa: PLR2004  one tick in ten
        tick["orders"] = [dict(chance.choice(_ORDER_ACCIDENTS))]
    if chance.random() < 0.05:  # noqa: PLR2004  one tick in twenty
        tick["fail"] = {chance.choice(_CALLS): chance.choice(["all", [0], [1]])}
        if tick["fail"].get("get_order") == "all":
            tick["fail"] = {"get_order": [0, 1]}
    return tick


def _signal_files(
    coin: CoinSymbol, price: float, signals: dict[str, int], chance: random.Random
) -> dict[str, str]:
    if coin in signals and chance.random() > 0.3:  # noqa: PLR2004  a signal lasts a few ticks
        return {}
    prefix = folder_of(coin)
    signals[coin] = level = chance.choice([0, 0, 1, 3, 4, 5, 6, 7])
    bounds = ", ".join(repr(price * (1 - 0.01 * rank)) for rank in range(1, 8))
    return {
        f"{prefix}long_dca_signal.txt": str(level),
        f"{prefix}short_dca_signal.txt": str(0 if level else chance.choice([0, 2])),
        f"{prefix}low_bound_prices.html": bounds,
    }


def _lot(chance: random.Random) -> dict[str, str]:
    step = chance.choice(_STEPS)
    return {"stepSize": step, "minQty": step, "minNotional": chance.choice(["0", "5"])}


def _settings(coins: Sequence[CoinSymbol], chance: random.Random) -> dict[str, Any]:
    return {
        "coins": list(coins),
        "trade_start_level": chance.choice([1, 3, 4, "2.9"]),
        "start_allocation_pct": chance.choice([0.5, 1.0, "2 %", 0]),
        "dca_multiplier": chance.choice([0.5, 2.0]),
        "dca_levels": chance.choice([[-2.5, -5.0, -10.0, -20.0, -30.0, -40.0, -50.0], [-1, -2, "x", "-4"]]),
        "max_dca_buys_per_24h": chance.choice([0, 1, 2, 5]),
        "pm_start_pct_no_dca": chance.choice([1.0, 3.0, 5.0]),
        "pm_start_pct_with_dca": chance.choice([0.5, 2.5]),
        "trailing_gap_pct": chance.choice([0.3, 0.5, 1.0]),
    }
