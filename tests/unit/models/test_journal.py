"""The ledger's events: complete, frozen, dated, and made of fields a codec can write."""

import dataclasses
import typing
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType

import pytest

from powertrader.models.journal import EVENTS, JournalEvent

PLAIN = {str, int, float, bool, NoneType, Decimal, datetime}


def leaves(kind: object) -> Iterator[object]:
    if isinstance(kind, UnionType) or typing.get_origin(kind) in (typing.Union, tuple):
        for part in typing.get_args(kind):
            yield from leaves(part) if part is not Ellipsis else ()
    elif dataclasses.is_dataclass(kind) and isinstance(kind, type):
        for field in typing.get_type_hints(kind).values():
            yield from leaves(field)
    else:
        yield kind


def test_the_list_of_events_is_the_union_of_events() -> None:
    assert set(EVENTS) == set(typing.get_args(JournalEvent))
    assert len({event.__name__ for event in EVENTS}) == len(EVENTS)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_a_frozen_value_that_carries_its_time(event: type) -> None:
    assert dataclasses.is_dataclass(event)
    assert typing.get_type_hints(event)["at"] is datetime
    assert "__dict__" not in dir(event)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_holds_only_what_a_codec_can_write(event: type) -> None:
    kinds = set(leaves(event))
    assert all(kind in PLAIN or (isinstance(kind, type) and issubclass(kind, StrEnum)) for kind in kinds)
