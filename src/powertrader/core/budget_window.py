"""How a request limit of fixed windows is counted: pure, in seconds of the wall clock since 1970."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from powertrader.core.exceptions import RateLimitError

ALLOWANCES: Final[Mapping[str, tuple[int, int]]] = {"kucoin": (2000, 30), "binance": (6000, 60)}
"""Weight and window in seconds that venues allow each address. Source: EXCHANGE.md sections 1 and 2."""
LONGEST_PAUSE_S: Final = 3 * 86400.0
"""The longest ban a venue gives; what asks for more is a mistake. Source: EXCHANGE.md section 4."""


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """What a venue allows each address: weight in windows of window_s, counted from full windows on.

    From slow_down_pct of the weight on requests are spread over the rest of the window; beyond stop_pct
    only orders are sent: the rest is their reserve. orders: how many orders in windows of
    orders_window_s. Raises ValueError unless every number is above 0.
    """

    weight: int
    window_s: int
    slow_down_pct: float = 80.0
    stop_pct: float = 95.0
    orders: int = 100
    orders_window_s: int = 10

    def __post_init__(self) -> None:
        """Check the ranges once."""
        numbers = (self.weight, self.window_s, self.orders, self.orders_window_s)
        if min(*numbers, self.slow_down_pct, self.stop_pct) <= 0:
            msg = f"a number of {self} is not above 0"
            raise ValueError(msg)

    @property
    def slow(self) -> float:
        """The weight from which on requests are spread."""
        return self.weight * min(self.slow_down_pct, self.stop_pct) / 100

    @property
    def stop(self) -> float:
        """The weight beyond which only orders are sent."""
        return self.weight * self.stop_pct / 100


@dataclass(frozen=True, slots=True)
class BudgetCount:
    """What was used so far: numbers of the present windows, and until when the venue wants silence.

    next_s: when the next request may be sent while they are spread. paused_at_s and paused_until_s
    say when a pause was asked for, and its end.
    """

    window: int = 0
    used: int = 0
    next_s: float = 0.0
    orders_window: int = 0
    orders: int = 0
    paused_at_s: float = 0.0
    paused_until_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Grant:
    """A request that may be sent after wait_s, and the count that holds it."""

    count: BudgetCount
    wait_s: float


def at_time(count: BudgetCount, limits: BudgetLimits, now_s: float) -> BudgetCount:
    """Give the count as it stands now: new windows begin at 0.

    When the computer's clock was set back what was used counts for the present window, and a pause
    keeps its length.
    """
    window, orders_window = int(now_s // limits.window_s), int(now_s // limits.orders_window_s)
    if window > count.window:
        count = replace(count, window=window, used=0, next_s=0.0)
    elif window < count.window:
        count = replace(count, window=window, next_s=0.0)
    if orders_window != count.orders_window:
        kept = 0 if orders_window > count.orders_window else count.orders
        count = replace(count, orders_window=orders_window, orders=kept)
    if count.paused_at_s > now_s:
        length_s = count.paused_until_s - count.paused_at_s
        count = replace(count, paused_at_s=now_s, paused_until_s=now_s + length_s)
    return count


def granted(count: BudgetCount, limits: BudgetLimits, now_s: float, weight: int, *, order: bool) -> Grant:
    """Take weight out of the budget. Raises RateLimitError with the time to wait when too little is left."""
    count = at_time(count, limits, now_s)
    _refuse(count, limits, now_s, weight, order=order)
    spread = replace(count, used=count.used + weight)
    if order:
        return Grant(replace(spread, orders=count.orders + 1), 0.0)
    if spread.used <= limits.slow:
        return Grant(spread, 0.0)
    start_s = max(now_s, count.next_s)
    left = max(limits.stop - count.used, weight)
    share_s = max(_end_s(limits, now_s) - start_s, 0.0) * weight / left
    return Grant(replace(spread, next_s=start_s + share_s), start_s - now_s)


def reported(count: BudgetCount, limits: BudgetLimits, now_s: float, used: int) -> BudgetCount:
    """Take over what the venue counted in the present window, never less than what is known to be sent."""
    count = at_time(count, limits, now_s)
    return replace(count, used=max(count.used, used))


def paused(count: BudgetCount, limits: BudgetLimits, now_s: float, until_s: float) -> BudgetCount:
    """Keep silence until then, or longer where that was asked before."""
    count = at_time(count, limits, now_s)
    until_s = min(max(until_s, count.paused_until_s), now_s + LONGEST_PAUSE_S)
    return replace(count, paused_at_s=now_s, paused_until_s=until_s)


def is_sound(count: BudgetCount, now_s: float) -> bool:
    """Tell whether a count read from a file can be one."""
    numbers = (count.used, count.next_s, count.orders, count.paused_at_s, count.paused_until_s)
    return (
        all(math.isfinite(number) and number >= 0 for number in numbers)
        and count.paused_until_s <= max(now_s, count.paused_at_s) + LONGEST_PAUSE_S
    )


def _refuse(count: BudgetCount, limits: BudgetLimits, now_s: float, weight: int, *, order: bool) -> None:
    reason, until_s = "", now_s
    most = limits.weight if order else limits.stop
    if count.paused_until_s > now_s:
        reason, until_s = "the venue asked for a pause", count.paused_until_s
    elif count.used and count.used + weight > most:
        # without the first condition what is too heavy for any window would wait for ever
        share = "all" if order else f"{limits.stop_pct:g} %"
        reason = f"{share} of the venue's {limits.weight} in {limits.window_s} s is used"
        until_s = _end_s(limits, now_s)
    elif order and count.orders >= limits.orders:
        reason = f"{limits.orders} orders in {limits.orders_window_s} s are the limit"
        until_s = (now_s // limits.orders_window_s + 1) * limits.orders_window_s
    if reason:
        wait_s = until_s - now_s
        msg = f"{reason}; try again in {math.ceil(wait_s)} s"
        raise RateLimitError(msg, wait_s)


def _end_s(limits: BudgetLimits, now_s: float) -> float:
    return (now_s // limits.window_s + 1) * limits.window_s
