"""Plugins: called by their hooks, and given up when they raise, hang or cannot be loaded."""

import time
from collections.abc import Callable, Iterator

import pytest

from powertrader.core.plugin import PluginLimits, PluginManager, installed_plugins
from powertrader.models.observers import PluginState, PluginStatus
from powertrader.models.order import Side
from tests.unit.core.event_cases import signal, trade
from tests.unit.core.plugin_cases import BLOCKED, HEARD, entry

QUICK = PluginLimits(most_errors=3, deadline_s=0.05, longest_queue=5)
PATIENT = PluginLimits(most_errors=3, deadline_s=30.0)


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    HEARD.clear()
    BLOCKED.clear()
    yield
    BLOCKED.set()


class Trader:
    """Whoever runs plugins: keeps what was told of those given up."""

    def __init__(self, *names: str, limits: PluginLimits = PATIENT, enabled: tuple[str, ...] = ()) -> None:
        self.given_up: list[PluginStatus] = []
        installed = {name.lower(): entry(name) for name in names}
        self.plugins = PluginManager(enabled or installed, limits, self.given_up.append, installed)

    def status(self, name: str) -> PluginStatus:
        return {one.name: one for one in self.plugins.status()}[name.lower()]

    def until(self, reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 20
        while not reached():
            assert time.monotonic() < deadline, self.plugins.status()
            time.sleep(0.002)


def test_each_fact_reaches_its_hook_in_order() -> None:
    trader = Trader("Recorder")
    with trader.plugins as plugins:
        plugins.on_signal(signal("ETH"))
        plugins.on_trade(trade("entry"))
        plugins.on_trade(trade("dca_hard_1"))
        plugins.on_trade(trade("trailing_exit", Side.SELL))
        plugins.on_trade(trade("manual_exit", Side.SELL, "ETH"))
    assert HEARD == [("signal", "ETH"), ("entry", "BTC"), ("dca", "BTC"), ("exit", "BTC"), ("exit", "ETH")]
    status = trader.status("Recorder")
    assert (status.state, status.calls, status.errors) == (PluginState.RUNNING, 5, 0)


@pytest.mark.parametrize("name, said", [("Raising", "ValueError: odd BTC"), ("Leaving", "SystemExit: 3")])
def test_a_plugin_that_raises_is_given_up_after_so_many_errors_and_the_others_go_on(
    name: str, said: str, expected_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    trader = Trader(name, "Recorder")
    with trader.plugins as plugins:
        for _ in range(10):
            plugins.on_signal(signal())
        trader.until(lambda: trader.status("Recorder").calls == 10)
        trader.until(lambda: bool(trader.given_up))
    status = trader.status(name)
    assert (status.state, status.errors) == (PluginState.DISABLED, 3)
    assert status.reason == f"it made 3 errors, the last one {said}"
    assert trader.given_up == [status]
    assert len(HEARD) == 10
    assert len(expected_errors) == 4
    assert "Traceback" in caplog.text


def test_a_plugin_that_hangs_delays_nobody_and_is_given_up(expected_errors: list[str]) -> None:
    trader = Trader("Hanging", "Recorder", limits=QUICK)
    with trader.plugins as plugins:
        trader.until(lambda: trader.status("Hanging").state is PluginState.RUNNING)
        began = time.monotonic()
        plugins.on_signal(signal())
        assert time.monotonic() - began < 1.0
        trader.until(lambda: trader.status("Hanging").state is PluginState.DISABLED)
        trader.until(lambda: HEARD == [("signal", "BTC")])
    assert "did not come back in time from on_signal" in trader.given_up[0].reason
    assert len(expected_errors) == 1


def test_what_waits_for_a_slow_plugin_is_bounded(
    expected_errors: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    trader = Trader("Hanging", limits=PluginLimits(deadline_s=30.0, longest_queue=5))
    with trader.plugins as plugins:
        for _ in range(40):
            plugins.on_signal(signal())
        assert trader.status("Hanging").missed >= 34
        BLOCKED.set()
    assert [record.msg for record in caplog.records].count("plugin is too slow and misses facts") == 1


@pytest.mark.parametrize(
    "name, said",
    [
        ("Demanding", "missing 1 required positional argument"),
        ("NoPlugin", "must be a TradingPlugin"),
        ("Absent", "has no attribute 'Absent'"),
    ],
)
def test_a_plugin_that_cannot_be_made_is_given_up_at_once(
    name: str, said: str, expected_errors: list[str]
) -> None:
    trader = Trader(name)
    with trader.plugins as plugins:
        trader.until(lambda: bool(trader.given_up))
        plugins.on_signal(signal())
    assert said in trader.status(name).reason


def test_a_plugin_that_hangs_while_it_is_made_keeps_nobody_waiting() -> None:
    trader = Trader("HangingAtTheStart")
    began = time.monotonic()
    with trader.plugins as plugins:
        plugins.on_signal(signal())
        assert trader.status("HangingAtTheStart").state is PluginState.LOADING
        assert time.monotonic() - began < 1.0
        BLOCKED.set()


def test_the_end_waits_for_a_hanging_plugin_only_for_a_moment() -> None:
    trader = Trader("Hanging", limits=PluginLimits(deadline_s=60.0))
    with trader.plugins as plugins:
        trader.until(lambda: trader.status("Hanging").state is PluginState.RUNNING)
        plugins.on_signal(signal())
        began = time.monotonic()
    assert time.monotonic() - began < 10.0


def test_a_plugin_that_nobody_installed_is_told_of_and_nothing_else_happens(
    caplog: pytest.LogCaptureFixture,
) -> None:
    trader = Trader("Recorder", enabled=("recorder", "gone"))
    with trader.plugins as plugins:
        plugins.on_signal(signal())
    assert trader.status("gone").state is PluginState.MISSING
    assert HEARD == [("signal", "BTC")]
    assert "plugin not installed" in caplog.text


def test_nothing_runs_that_was_not_asked_for() -> None:
    trader = Trader("Recorder", enabled=("gone",))
    with trader.plugins as plugins:
        plugins.on_signal(signal())
    assert HEARD == []


def test_powertrader_itself_brings_no_plugin() -> None:
    assert [one for one in installed_plugins().values() if one.value.startswith("powertrader.")] == []
