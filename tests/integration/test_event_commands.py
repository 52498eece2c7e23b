"""What a real trader process tells: to its journal, to a plugin that a real entry point names, to Redis."""

import csv
import json
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli import exit_codes
from powertrader.core.mailbox import OBSERVERS, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.observers import ObserverReport, PluginState
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration.worker_scene import LONG_S, WorkerScene, install, install_diary
from tests.redis_server import PASSWORD, RedisServer, redis_server

BAD_PLUGINS: Final = """
import time
from powertrader.core.plugin import TradingPlugin

class Raising(TradingPlugin):
    def on_signal(self, signal):
        raise ValueError("odd signal of " + signal.coin)

class Hanging(TradingPlugin):
    def on_signal(self, signal):
        time.sleep(3600)
"""


@pytest.fixture(scope="module")
def venue(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest.fixture
def scene(
    tmp_path: Path,
    venue: ExchangeServer,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> WorkerScene:
    return WorkerScene(tmp_path / "home", venue, monkeypatch, capsys)


def observed(scene: WorkerScene) -> ObserverReport:
    paths = HomePaths(scene.home)
    report = Mailbox(FileStore(paths.data), paths).read(paths.observers("trader"), OBSERVERS)
    assert report is not None
    return report


def test_the_example_plugin_keeps_a_diary_of_what_a_trader_process_did(scene: WorkerScene) -> None:
    diary = scene.home / "diary.csv"
    scene.set("POWERTRADER_DIARY", str(diary))
    install_diary(scene.site)
    (listed,) = json.loads(scene.run("plugins", "--json"))["plugins"]
    assert (listed["name"], listed["package"], listed["state"]) == (
        "diary",
        "powertrader-diary 1.0.0",
        "not enabled",
    )
    scene.signal("BTC", 5)
    scene.run(*scene.trading(2))
    assert not diary.exists()
    scene.signal("ETH", 4)
    trader = scene.start(*scene.trading(10, "plugins.enabled=diary"))
    said = trader.communicate(timeout=LONG_S)[1]
    assert trader.returncode == exit_codes.OK, said
    head, *rows = list(csv.reader(diary.read_text().splitlines()))
    assert head[:3] == ["time", "what", "coin"]
    assert [(row[1], row[2], row[-2:]) for row in rows] == [("bought", "ETH", ["4", "0"])]
    (status,) = observed(scene).plugins
    assert (status.state, status.errors) == (PluginState.RUNNING, 0)


def test_plugins_that_raise_or_hang_are_given_up_and_the_trader_trades_on(
    scene: WorkerScene, expected_errors: list[str]
) -> None:
    plugins = {"raising": "bad_plugins:Raising", "hanging": "bad_plugins:Hanging"}
    install(scene.site, BAD_PLUGINS, plugins, "bad-plugins")
    scene.signal("BTC", 5)
    scene.signal("ETH", 5)
    enabled = "plugins.enabled=raising,hanging,absent"
    scene.run(*scene.trading(20, enabled, "plugins.most_errors=2", "plugins.deadline_s=0.3"))
    kinds = [(event["kind"], event["body"].get("plugin")) for event in scene.events("--process", "trader")]
    assert [kind for kind, _ in kinds].count("TradeExecuted") == 2
    assert {name for kind, name in kinds if kind == "PluginDisabled"} == {"raising", "hanging"}
    states = {one.name: one for one in observed(scene).plugins}
    assert states["raising"].state is states["hanging"].state is PluginState.DISABLED
    assert "odd signal of" in states["raising"].reason
    assert "did not come back in time" in states["hanging"].reason
    assert states["absent"].state is PluginState.MISSING
    told = scene.run("plugins", "--json", "--set", "plugins.enabled=absent", code=exit_codes.DIFFERENT)
    assert {one["name"]: one["state"] for one in json.loads(told)["plugins"]}["absent"] == "missing"
    assert len(expected_errors) == 4


def test_events_can_be_followed_while_they_happen(scene: WorkerScene) -> None:
    scene.signal("BTC", 5)
    following = scene.start("events", "--follow", "--json")
    lines: list[str] = []
    assert following.stdout is not None
    reader = threading.Thread(target=lambda stream=following.stdout: lines.append(stream.readline()))
    reader.start()
    scene.run(*scene.trading(2))
    reader.join(timeout=LONG_S)
    following.send_signal(signal.SIGINT)
    following.communicate(timeout=LONG_S)
    assert following.returncode == exit_codes.OK
    assert json.loads(lines[0])["kind"] == "TradeExecuted"


def test_a_trader_tells_redis_and_another_home_reads_it_there(
    scene: WorkerScene, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with redis_server(tmp_path, PASSWORD) as server:
        scene.set("PT_REDIS_PASSWORD", PASSWORD)
        scene.signal("BTC", 5)
        scene.run(*scene.trading(3, f"bus.redis_url={server.url}"))
        home, scene.home = scene.home, tmp_path / "elsewhere"
        (event,) = scene.events("--redis", "--set", f"bus.redis_url={server.url}")
        scene.home = home
    assert (event["kind"], event["body"]["trade"]["coin"]) == ("TradeExecuted", "BTC")
    assert event == scene.events()[0]
    relay = observed(scene).relay
    assert relay is not None
    assert relay.dropped == 0
    assert PASSWORD not in caplog.text
    texts = [path.read_bytes() for path in scene.home.rglob("*") if path.is_file()]
    assert not any(PASSWORD.encode() in text for text in texts)


def test_a_redis_server_that_is_not_there_keeps_nothing_from_being_traded(
    scene: WorkerScene, tmp_path: Path
) -> None:
    absent = RedisServer(tmp_path)
    scene.signal("BTC", 5)
    scene.run(*scene.trading(10, f"bus.redis_url={absent.url}"))
    assert [event["kind"] for event in scene.events()] == ["TradeExecuted"]
    relay = observed(scene).relay
    assert relay is not None
    assert not relay.connected
    assert relay.waiting + relay.dropped <= 1
    log = (scene.home / "logs" / "trader.log").read_text()
    assert log.count("Redis does not take events") == 1


@pytest.mark.parametrize("given", [("--redis",), ("--redis", "--set", "bus.redis_url=localhost")])
def test_redis_is_not_read_without_an_address(scene: WorkerScene, given: tuple[str, ...]) -> None:
    assert scene.run("events", *given, code=exit_codes.USAGE) == ""


def test_a_home_where_nothing_happened_has_no_events(scene: WorkerScene) -> None:
    assert scene.events() == []
    assert scene.run("events") == ""
    assert json.loads(scene.run("plugins", "--json")) == {"plugins": []}
