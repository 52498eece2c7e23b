"""Files of the home that are damaged while the window is open: it says so, goes on, and is well again after.

PT_SOAK_ROUNDS raises the number of files damaged; scripts/soak.py sets it.
"""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from powertrader.hub.latency import LatencyProbe
from tests.integration.hub_scene import HubScene, hub_scene

ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "14"))
TOLD_S: Final = 3.0
FROZEN_MS: Final = 1000.0
TOLD: Final = (
    "config/gui_settings.json",
    "data/signal.json",
    "data/training_report.json",
    "data/trainer_last_training_time.txt",
    "data/C000/signal.json",
    "data/hub_data/thinker.json",
    "data/hub_data/thinker_heartbeat.json",
    "data/hub_data/trader_heartbeat.json",
    "data/hub_data/trader_paper-default.json",
    "data/ledger/paper-default/*.jsonl",
)
"""Without these something is missing in the window, so that a user must know."""
OTHERS: Final = (
    "data/trainer_status.json",
    "data/budget/binance.json",
    "data/budget/binance.clock",
    "data/hub_data/account_value_history.jsonl",
    "data/ledger/paper-default/head.json",
    "data/ledger/paper-default.decisions/*.jsonl",
)
"""What of these can be read is shown, the rest is left out."""
NOISE: Final = st.binary(max_size=300).map(lambda some: b"\xff" + some + b"\n")
Wrong = tuple[frozenset[str], ...]


@pytest.fixture
def scene(tmp_path: Path, display: str) -> Iterator[HubScene]:
    with hub_scene(tmp_path) as made:
        made.wait(lambda: made.window.view is not None and made.window.view.trades.complete)
        yield made


def wrong(scene: HubScene) -> Wrong:
    """Give everything that the window says needs a look."""
    view = scene.window.view
    assert view is not None
    findings = frozenset(f"{one.subject}: {one.problem}" for one in view.findings)
    return findings, frozenset(view.problems), frozenset(view.settings.problems)


def says_more(now: Wrong, well: Wrong) -> bool:
    return any(some - known for some, known in zip(now, well, strict=True))


def version(scene: HubScene) -> int:
    view = scene.window.view
    return view.version if view else 0


def damaged(scene: HubScene, pattern: str) -> Path:
    """Give the newest file of a home that a pattern names."""
    return max(scene.home.paths.root.glob(pattern))


def goes_on(scene: HubScene) -> None:
    """Wait for views that were made from now on."""
    before = version(scene)
    scene.wait(lambda: version(scene) > before + 1, TOLD_S)


def test_a_damaged_file_is_told_of_at_once_and_the_window_goes_on(scene: HubScene) -> None:
    well = wrong(scene)
    probe = LatencyProbe(scene.root)
    probe.start()
    scene.window.show("health")

    @settings(
        max_examples=ROUNDS,
        deadline=timedelta(seconds=60),
        phases=[Phase.generate],
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(pattern=st.sampled_from(TOLD + OTHERS), noise=NOISE, where=st.sampled_from(("all", "end", "cut")))
    def damage(pattern: str, noise: bytes, where: str) -> None:
        path = damaged(scene, pattern)
        before = path.read_bytes()
        half = before[: len(before) // 2]
        path.write_bytes({"all": noise, "end": half + noise, "cut": half}[where])
        if pattern in TOLD and where == "all":
            scene.wait(lambda: says_more(wrong(scene), well), TOLD_S)
        else:
            goes_on(scene)
        path.write_bytes(before)
        scene.wait(lambda: wrong(scene) == well, TOLD_S)

    damage()
    goes_on(scene)
    latency = probe.read()
    probe.stop()
    assert latency is not None
    assert latency.worst_ms < FROZEN_MS
    assert not scene.window.scheduler.failures
