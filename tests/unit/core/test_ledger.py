"""The ledger in memory."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from powertrader.core.ledger import Ledger, MemoryLedger
from powertrader.models.journal import Halted

NOON = datetime(2024, 1, 2, 12, tzinfo=UTC)
ONE, TWO, THREE = (Halted("BTC", reason, NOON) for reason in ("one", "two", "three"))


def test_events_come_back_in_the_order_of_storing() -> None:
    ledger: Ledger = MemoryLedger([ONE])
    ledger.append(TWO)
    ledger.append_all([THREE, ONE])
    assert list(ledger.events()) == [ONE, TWO, THREE, ONE]


def test_of_several_events_none_is_stored_when_one_cannot_be_made() -> None:
    def failing() -> Iterator[Halted]:
        yield ONE
        raise ZeroDivisionError

    ledger = MemoryLedger()
    with pytest.raises(ZeroDivisionError):
        ledger.append_all(failing())
    assert list(ledger.events()) == []


def test_a_ledger_does_not_change_with_the_list_it_was_started_from() -> None:
    given = [ONE]
    ledger = MemoryLedger(given)
    given.append(TWO)
    assert list(ledger.events()) == [ONE]
