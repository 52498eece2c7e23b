"""Events of every kind for tests of the ledger, and the file they end up in."""

import types
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from powertrader.core.storage import FileStore
from powertrader.models.journal import EVENTS, Halted, JournalEvent
from powertrader.models.order import OrderTerms, OrderType
from powertrader.persistence.ledger_file import open_ledger

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)

SIMPLE: dict[object, st.SearchStrategy[Any]] = {
    str: st.text(max_size=20),
    int: st.integers(),
    float: st.floats(allow_nan=False, allow_infinity=False),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False),
    # UTC repeats no hour
    datetime: st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(fold=0)),
    bool: st.booleans(),
    types.NoneType: st.none(),
    OrderTerms: st.sampled_from(
        [
            OrderTerms(),
            OrderTerms(OrderType.LIMIT_MAKER, Decimal("0.1"), time_to_live_s=2.5),
            OrderTerms(OrderType.STOP_LOSS_LIMIT, Decimal(9), Decimal(10)),
        ]
    ),
}


def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type that an event may hold."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if get_origin(hint) is tuple:
        if get_args(hint)[-1] is not Ellipsis:
            return st.tuples(*map(values_of, get_args(hint)))
        return st.lists(values_of(get_args(hint)[0]), max_size=3).map(tuple)
    if get_args(hint):
        return st.one_of(*map(values_of, get_args(hint)))
    if issubclass(hint, StrEnum):
        return st.sampled_from(hint)
    return st.builds(hint, **{name: values_of(one) for name, one in get_type_hints(hint).items()})


events_of_all_kinds: st.SearchStrategy[JournalEvent] = st.one_of(*map(values_of, EVENTS))


def halted(*reasons: str) -> list[JournalEvent]:
    return [Halted("BTC", reason, NOON) for reason in reasons]


def stored(folder: Path) -> list[JournalEvent]:
    with open_ledger(folder, FileStore()) as ledger:
        return list(ledger.events())


def newest(folder: Path) -> Path:
    return max(folder.glob("*.jsonl"), key=lambda path: path.name.split(".")[1])
