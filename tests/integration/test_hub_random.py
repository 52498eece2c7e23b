"""Anything a hand can do to the window, in any order: a short while here, as long as wanted in a soak.

PT_SOAK_HUB_MINUTES says for how many minutes, which scripts/soak.py --hub sets.
"""

import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.errors import HypothesisException
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import ErrorLog
from tests.integration.hub_monkey import Monkey
from tests.integration.hub_scene import HubScene, hub_scene

MINUTES: Final = float(os.environ.get("PT_SOAK_HUB_MINUTES", "0"))
STEPS: Final = 30
ROUNDS: Final = 3


@pytest.fixture
def scene(tmp_path: Path, display: str) -> Iterator[HubScene]:
    with hub_scene(tmp_path) as made:
        yield made


def play(rounds: int) -> None:
    """Let the monkey play some rounds; a round that fails is told step by step."""
    # the window is the same in all rounds, so a round cannot be repeated and made shorter
    some = settings(
        max_examples=rounds,
        stateful_step_count=STEPS,
        deadline=timedelta(seconds=60),
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Monkey, settings=some)
    except (AssertionError, HypothesisException):
        # hypothesis tries the round again, in a window that is not what it was
        assert not Monkey.failed, Monkey.failed
        raise


@pytest.mark.timeout(120 + MINUTES * 80)
def test_whatever_is_clicked_and_typed_nothing_is_raised(scene: HubScene, error_log: ErrorLog) -> None:
    Monkey.scene, Monkey.log, Monkey.did, Monkey.failed = scene, error_log, {}, ""
    ends_s = time.monotonic() + MINUTES * 60
    play(ROUNDS)
    while time.monotonic() < ends_s:
        play(ROUNDS * 5)
    assert sum(Monkey.did.values()) > STEPS
    if MINUTES:
        sys.stdout.write(f"the monkey did: {Monkey.did}, {len(scene.done)} pages and notices\n")
