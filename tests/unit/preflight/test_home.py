"""What the home's own files tell before a start."""

from datetime import timedelta
from typing import Any

import pytest

from powertrader.core.config import TradingConfig
from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.preflight import Check
from powertrader.models.snapshot import ProcessState, ProcessView, TrainingView
from powertrader.preflight.facts import Facts, HomeFacts, LedgerFacts
from powertrader.preflight.home import home_checks
from tests.unit.snapshots import NOW, snapshot

DAY_S = 86_400.0
IDLE = tuple(
    ProcessView(name, ProcessState.STOPPED) for name in ("supervisor", "trainer", "thinker", "trader")
)


def trained(days: float) -> TrainingView:
    return TrainingView("FINISHED", NOW - timedelta(days=days), days * DAY_S)


def judged(**changes: Any) -> dict[str, Check]:
    config = TradingConfig.model_validate({"trading": {"coins": ("BTC", "ETH")}})
    plain: dict[str, Any] = {
        "snapshot": snapshot((), processes=IDLE),
        "trainings": {"BTC": trained(1), "ETH": trained(2)},
        "ledger": LedgerFacts("paper-default"),
        "rival": False,
    }
    facts = Facts(config, NOW, home=HomeFacts(**{**plain, **changes}))
    return {one.name: one for one in home_checks(facts)}


def test_a_home_in_which_all_is_well() -> None:
    found = judged()
    assert {one.state for one in found.values()} == {"ok"}
    assert "the oldest 2.0 days ago" in found["training"].found


@pytest.mark.parametrize(
    "trainings, state, words",
    [
        ({"BTC": trained(15), "ETH": trained(1)}, "warning", "more than 14 days ago: BTC"),
        ({"BTC": trained(15)}, "failed", "not trained yet: ETH"),
        ({}, "failed", "2 of 2 coins have no signals"),
    ],
)
def test_missing_and_old_trainings_are_named(
    trainings: dict[str, TrainingView], state: str, words: str
) -> None:
    check = judged(trainings=trainings)["training"]
    assert (check.state, words in check.found) == (state, True)
    assert "Train All" in check.fix


def test_a_trainer_at_work_is_waited_for() -> None:
    at_work = ProcessView("trainer", ProcessState.RUNNING, pid=7)
    check = judged(trainings={}, snapshot=snapshot((), processes=(*IDLE[:1], at_work, *IDLE[2:])))["training"]
    assert (check.state, check.fix) == ("warning", "Wait: the trainer is at work.")


@pytest.mark.parametrize(
    "free, state", [(None, "skipped"), (499 * 1024 * 1024, "failed"), (500 * 1024 * 1024, "ok")]
)
def test_the_disk_needs_room_for_orders_to_be_written_down(free: int | None, state: str) -> None:
    assert judged(snapshot=snapshot((), processes=IDLE, free_bytes=free))["disk"].state == state


def test_the_trader_of_this_home_is_no_stranger_but_may_trade_in_another_mode() -> None:
    # the snapshot's own trader runs, on paper
    assert judged(snapshot=snapshot())["trader"].state == "ok"
    unknown = ProcessView("trader", ProcessState.STARTING, pid=7)
    check = judged(snapshot=snapshot((), processes=(*IDLE[:3], unknown)))["trader"]
    assert (check.state, "mode unknown" in check.found) == ("warning", True)


def test_a_lock_that_cannot_be_tried_is_told() -> None:
    check = judged(rival=StorageError("the lock cannot be tried"))["trader"]
    assert (check.state, check.found) == ("warning", "the lock cannot be tried")


def test_a_ledger_that_cannot_be_read_is_told() -> None:
    check = judged(ledger=ConfigError("a newer PowerTrader wrote it"))["ledger"]
    assert (check.state, check.found) == ("failed", "a newer PowerTrader wrote it")
