"""From a window that nobody has ever opened to the first trade on paper, by mouse and keys alone.

Then all goes wrong: trader and window are killed, the exchange fails or is gone, the clock jumps. What is
wrong must be told in three seconds, and the window must answer all the time. It is one test, for real
workers take some seconds to learn. It needs two free cores, so it is run by scripts/soak.py, which sets
PT_SOAK_ROUNDS.
"""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from powertrader.cli.main import main
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.process_identity import holder_of, kill
from powertrader.core.storage import FileStore
from powertrader.models.journal import OrderIntended
from powertrader.models.snapshot import WORKERS
from powertrader.models.status import Heartbeat
from powertrader.persistence.ledger_segments import LedgerReader
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration.hub_hand import HubHand, hub_window

SPEED: Final = 1200
"""An hour of the market passes in three seconds."""
TRADED_S: Final = 150.0
"""Much longer than it takes: learning needs the cores that other tests use."""
TOLD_S: Final = 3.0
FROZEN_MS: Final = 1000.0
"""Two cores are shared with workers, exchange and other tests: what takes longer is no lack of a core."""
SETTINGS: Final = (
    "entry.trade_start_level=1",
    "entry.start_allocation_pct=1",
    "trader.step_s=0.2",
    # two hours of the market are six seconds here
    "trader.signal_max_age_s=7200",
    "exchange.timeout_s=1",
    "hub.ui_refresh_seconds=0.25",
)


@pytest.fixture
def venue(tmp_path: Path) -> Iterator[ExchangeServer]:
    with exchange_server(tmp_path / "exchange", speed=SPEED) as server:
        yield server


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    main(["stop", "--home", str(tmp_path / "home")])


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def hub(home: Path, venue: ExchangeServer, clock: Path) -> Iterator[HubHand]:
    with hub_window(home, *SETTINGS, f"exchange.url={venue.url}", clock=clock) as hand:
        yield hand


def trade_by_clicks(hub: HubHand, home: Path) -> None:
    """Go through the guide as a new user does."""
    hub.wait_for("Three steps to a first trade")
    hub.press("Settings")
    hub.replace("BTC, ETH, XRP, BNB, DOGE", "BTC")
    hub.press("Save...")
    hub.press("Save")
    hub.press("Train All")
    hub.tab("Classic")
    hub.wait_for("BTC: TRAINED", TRADED_S)
    hub.press("Start All")
    hub.wait_for("Last order: BUY", TRADED_S)
    hub.press("Close")
    events = list(LedgerReader(HomePaths(home).ledger("paper"), FileStore()).events())
    assert next(one.intent.reason for one in events if isinstance(one, OrderIntended)) == "entry"


def beat_of(home: Path) -> Heartbeat | None:
    """Give the trader's last sign of life."""
    paths = HomePaths(home)
    return Mailbox(FileStore(paths.data), paths).read(paths.heartbeat("trader"), HEARTBEAT)


def told_of(hub: HubHand, words: str) -> None:
    """Wait until the window says that something is wrong, which takes three seconds at most."""
    taken_s = hub.wait(lambda: any(words in one for one in hub.state()["findings"]), words)
    assert hub.sees("need a look") or hub.sees("needs a look")
    assert taken_s < TOLD_S


def wait_until_all_is_well(hub: HubHand) -> None:
    hub.wait(lambda: not hub.state()["findings"], "no finding")


def a_stop_of_everything_can_be_thought_over(hub: HubHand) -> None:
    for stay in (partial(hub.press, "Cancel"), partial(hub.key, "Escape")):
        hub.press("Stop everything")
        hub.wait_for("To keep selling and only stop buying")
        stay()
        hub.wait(lambda: not hub.sees("To keep selling and only stop buying"))


def answers_quickly(hub: HubHand) -> None:
    """Look at how long the window made a click wait since the last time."""
    assert hub.state()["worst_ms"] < FROZEN_MS
    hub.ask("forget")


def a_worker_that_is_killed_is_told_of_and_comes_back(hub: HubHand, home: Path) -> None:
    found = holder_of(HomePaths(home).process_lock("trader"))
    assert found is not None
    kill(found)
    told_of(hub, "trader")

    def is_back() -> bool:
        beat = beat_of(home)
        return beat is not None and beat.pid != found.pid and beat.steps > 0

    hub.wait(is_back, "another trader at work")
    wait_until_all_is_well(hub)


def an_exchange_that_fails_is_told_of(hub: HubHand, venue: ExchangeServer) -> None:
    venue.admin.add_fault(on="*", probability=1.0, then={"status": 503})
    told_of(hub, "Server is currently overloaded")
    assert hub.sees("no useful answer for")
    venue.admin.clear_faults()
    wait_until_all_is_well(hub)


def an_exchange_that_is_gone_is_told_of(hub: HubHand, venue: ExchangeServer) -> None:
    venue.kill()
    told_of(hub, "no answer from")
    venue.start()
    wait_until_all_is_well(hub)


def a_clock_that_jumps_is_told_of(hub: HubHand, clock: Path) -> None:
    clock.write_text("7200")
    told_of(hub, "trader")
    clock.write_text("-7200")
    version = hub.state()["version"]
    hub.wait(lambda: hub.state()["version"] > version + 4, "views after the clock was put back", TOLD_S)
    clock.write_text("0")
    wait_until_all_is_well(hub)


def a_window_that_is_killed_finds_its_workers_again(hub: HubHand) -> None:
    before = hub.state()["pids"]
    hub.kill()
    hub.start()
    hub.wait(lambda: hub.state()["pids"]["supervisor"] == hub.process.pid, "the new window in charge")
    after = hub.state()["pids"]
    assert {name: after[name] for name in WORKERS} == {name: before[name] for name in WORKERS}
    hub.wait_for("Last order: ")
    wait_until_all_is_well(hub)


def closing_stops_the_workers_when_they_shall_not_go_on(hub: HubHand) -> None:
    hub.menu("File", "Exit")
    hub.wait_for("Left working without a window")
    hub.press("Stop them")
    assert hub.wait_for_end() == 0


@pytest.mark.money
@pytest.mark.skipif("PT_SOAK_ROUNDS" not in os.environ, reason="scripts/soak.py runs it")
@pytest.mark.timeout(500)
def test_a_new_user_comes_to_a_first_trade_by_clicks_alone_and_is_told_of_all_that_goes_wrong(
    hub: HubHand, home: Path, venue: ExchangeServer, clock: Path
) -> None:
    trade_by_clicks(hub, home)
    answers_quickly(hub)
    wait_until_all_is_well(hub)
    a_worker_that_is_killed_is_told_of_and_comes_back(hub, home)
    an_exchange_that_fails_is_told_of(hub, venue)
    an_exchange_that_is_gone_is_told_of(hub, venue)
    a_clock_that_jumps_is_told_of(hub, clock)
    answers_quickly(hub)
    a_window_that_is_killed_finds_its_workers_again(hub)
    a_stop_of_everything_can_be_thought_over(hub)
    closing_stops_the_workers_when_they_shall_not_go_on(hub)
    assert [holder_of(HomePaths(home).process_lock(name)) for name in WORKERS] == [None] * 3
