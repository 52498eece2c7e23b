"""LatencyProbe: how late the calls come that it asks for."""

from collections.abc import Callable

import pytest

from powertrader.hub.latency import INTERVAL_MS, LatencyProbe


class Bench:
    """A timer whose calls come as late as a test says."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.asked: Callable[[], object] | None = None

    def after(self, ms: int, func: Callable[[], object], /) -> str:
        assert ms == INTERVAL_MS
        self.asked = func
        return "call"

    def after_cancel(self, name: str, /) -> None:
        assert name == "call"
        self.asked = None

    def let_pass(self, late_ms: float) -> None:
        assert self.asked is not None
        self.now_s += (INTERVAL_MS + late_ms) / 1000
        self.asked()


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_the_quantiles_are_those_of_how_late_the_calls_came(bench: Bench) -> None:
    probe = LatencyProbe(bench, lambda: bench.now_s)
    probe.start()
    for late_ms in (*[1.0] * 99, 50.0):
        bench.let_pass(late_ms)
    found = probe.read()
    assert found is not None
    assert found.p50_ms == pytest.approx(1.0)
    # the 99th percentile of 99 ones and a 50 lies a hundredth of the way between them: 1 + 0.01 * 49
    assert found.p99_ms == pytest.approx(1.49)
    assert found.worst_ms == pytest.approx(50.0)
    assert found.measured == 100


def test_nothing_is_told_before_something_was_measured(bench: Bench) -> None:
    probe = LatencyProbe(bench, lambda: bench.now_s)
    assert probe.read() is None
    probe.start()
    bench.let_pass(3.0)
    assert probe.read() is not None


def test_a_probe_that_is_stopped_asks_for_nothing_more(bench: Bench) -> None:
    probe = LatencyProbe(bench, lambda: bench.now_s)
    probe.start()
    probe.stop()
    assert bench.asked is None
