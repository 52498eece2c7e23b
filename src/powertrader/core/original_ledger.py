"""The parsed pnl_ledger.json of the original: its numbers, positions and the odd forms it tolerates.

Source: golden/BEHAVIOUR.md 3.9 and section 6 (Q79).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final, TypeAlias

from powertrader.models.order import OrderIntent
from powertrader.models.position import NOTHING

JsonObject: TypeAlias = dict[str, object]

_LEAST_QUANTITY: Final = 1e-12
_LEAST_COST: Final = 1e-6


@dataclass(slots=True)
class KnownOrder:
    """An order of ours: its intent, and what the books have to remember of it.

    before is the free quote asset, asked for or (not asked) reckoned; moved is what fills changed of it.
    """

    intent: OrderIntent
    before: float
    order_id: str = ""
    quantity: float = 0.0
    value: float = 0.0
    asked: bool = True
    moved: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Record:
    """A finished order in the words of the original's history; texts and numbers as it wrote them."""

    order_id: str
    symbol: str
    side: str
    tag: str | None
    quantity: float
    price: float | None
    basis: float | None
    gain_pct: float | None
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class BooksState:
    """What goes on of the original's books when their history is in its file already."""

    ledger_text: str
    known: tuple[KnownOrder, ...]
    cash: tuple[tuple[str, Decimal], ...]


def checked_ledger(found: object) -> JsonObject:
    """Give the ledger as the original holds it after loading: an object with every key."""
    ledger: JsonObject = dict(found) if isinstance(found, dict) else {}
    ledger.setdefault("total_realized_profit_usd", 0.0)
    ledger.setdefault("last_updated_ts", 0.0)
    ledger.setdefault("open_positions", {})
    ledger.setdefault("pending_orders", {})
    return ledger


def object_of(value: object) -> JsonObject:
    """Give a JSON object as it is, anything else as an empty one."""
    return value if isinstance(value, dict) else {}


def number_of(value: object) -> float:
    """Give a JSON number, or a text of one, as a float; anything else counts as 0."""
    try:
        return float(value or 0.0) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0


def add_purchase(positions: JsonObject, coin: str, cost: float, quantity: float) -> float:
    """Put a purchase into open_positions; give what the position has cost by then."""
    position = object_of(positions.get(coin))
    position["usd_cost"] = number_of(position.get("usd_cost")) + cost
    position["qty"] = number_of(position.get("qty")) + quantity
    positions[coin] = position
    return number_of(position["usd_cost"])


def take_sale(positions: JsonObject, coin: str, quantity: float) -> tuple[float, float]:
    """Take a sale out of a position; give the cost used and the cost left (Q79)."""
    position = object_of(positions.get(coin))
    cost, held = number_of(position.get("usd_cost")), number_of(position.get("qty"))
    share = min(1.0, quantity / held) if quantity > 0 and held > 0 else 1.0
    used = cost * share
    position["usd_cost"], position["qty"] = cost - used, held - quantity
    positions[coin] = position
    if held - quantity <= _LEAST_QUANTITY or cost - used <= _LEAST_COST:
        del positions[coin]
    return used, cost - used


def fill_price(quantity: float, value: float) -> float | None:
    """Give the price the original reads from a fill, None when the venue gave no numbers (3.2)."""
    if not (quantity > 0 and value > 0):
        return None
    price = value / quantity
    return (quantity * price) / quantity


def optional_number(value: object) -> float | None:
    """Give a JSON number as a float, None for anything else, also for one that no float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return float(value)
    except OverflowError:
        return None


def moment_of(seconds: object) -> datetime | None:
    """Give the time of a number of seconds since 1970, None when it is no such number."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        # infinity and what is no number are refused as well
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None
