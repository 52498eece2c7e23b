"""Records to JSON values and back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode, encode
from powertrader.models.order import Side

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Inner:
    side: Side
    pair: tuple[str, Decimal]


@dataclass(frozen=True)
class Outer:
    name: str
    count: int
    share: float
    amount: Decimal
    at: datetime
    inner: Inner | None
    many: tuple[float, ...]

    def __post_init__(self) -> None:
        if self.count < 0:
            msg = "count must be >= 0"
            raise ValueError(msg)


WHOLE = Outer("BTC", 3, 0.1, Decimal("1.50"), NOON, Inner(Side.SELL, ("BNB", Decimal("1E-9"))), (1.0, -2.5))


def test_a_record_is_plain_json_with_exact_numbers() -> None:
    assert encode(WHOLE) == {
        "name": "BTC",
        "count": 3,
        "share": 0.1,
        "amount": "1.50",
        "at": "2024-01-02T12:00:00+00:00",
        "inner": {"side": "SELL", "pair": ["BNB", "1E-9"]},
        "many": [1.0, -2.5],
    }


def test_a_record_comes_back_from_json_as_it_was() -> None:
    back = decode(Outer, json.loads(json.dumps(encode(WHOLE))))
    assert back == WHOLE
    assert str(back.amount) == "1.50"
    assert back.inner is not None
    assert isinstance(back.inner.side, Side)


@pytest.mark.parametrize(
    "change,reason",
    [
        ({"count": "3"}, "count of Outer was '3': must be int"),
        ({"count": True}, "count of Outer was True: must be int"),
        ({"count": -1}, "count must be >= 0"),
        ({"share": 1}, "must be a finite number"),
        ({"amount": 1.5}, "must be the text of a finite number"),
        ({"amount": "a"}, "amount of Outer was 'a'"),
        ({"amount": "NaN"}, "must be the text of a finite number"),
        ({"at": "2024-01-02T12:00:00"}, "must be the text of an aware time"),
        ({"at": 7}, "must be the text of an aware time"),
        ({"inner": 5}, "Inner was 5, must be an object"),
        ({"inner": {"side": "HOLD", "pair": ["A", "1"]}}, "side of Inner was 'HOLD'"),
        ({"inner": {"side": "BUY", "pair": ["A"]}}, "pair of Inner"),
        ({"many": 1.0}, "must be a list"),
        ({"other": 1}, "Outer has the fields"),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadData) as refusal:
        decode(Outer, encode(WHOLE) | change)
    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: Outer("", 0, float("nan"), Decimal(0), NOON, None, ()),
        lambda: Outer("", 0, 0.0, Decimal("Infinity"), NOON, None, ()),
        lambda: Outer("", 0, 0.0, Decimal(0), NOON.replace(tzinfo=None), None, ()),
    ],
)
def test_endless_numbers_and_naive_times_are_never_written(make: Callable[[], Outer]) -> None:
    with pytest.raises(BadData, match="a record holds"):
        encode(make())


def test_a_record_with_a_field_of_another_type_is_a_mistake_of_ours() -> None:
    @dataclass(frozen=True)
    class Strange:
        anything: bytes

    with pytest.raises(TypeError, match="a record cannot hold"):
        encode(Strange(b""))


@dataclass(frozen=True)
class Grown:
    name: str
    later: Decimal = Decimal(7)


def test_a_field_that_came_later_takes_its_default_from_an_older_record() -> None:
    assert decode(Grown, {"name": "BTC"}) == Grown("BTC", Decimal(7))
    assert decode(Grown, encode(Grown("BTC", Decimal(8)))) == Grown("BTC", Decimal(8))
    with pytest.raises(BadData, match="Grown has the fields"):
        decode(Grown, {"later": "7"})
    with pytest.raises(BadData, match="Grown has the fields"):
        decode(Grown, {"name": "BTC", "newer": 1})
