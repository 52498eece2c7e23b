"""The exchange dies, the network is cut, the disk is full: in the middle of an order.

PT_SOAK_ROUNDS raises the number of rounds, one for each 20; scripts/soak.py sets it.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration.cut_cable import Cable, End, cable_to
from tests.integration.order_life import Life, OrderKiller, Strike, faults_of, new_life, order_killer

resource = pytest.importorskip("resource", reason="limits of processes are a thing of Unix")

ROUNDS: Final = -(-int(os.environ.get("PT_SOAK_ROUNDS", "1")) // 20)
"""A round takes long: an exchange has to start, or connections to time out."""
SECONDS_A_ROUND: Final = 15
COINS: Final = ("BTC", "ETH")
WAIT_S: Final = 30
KILLED: Final = -9
STEPS: Final = 6
"""Enough to believe that an order was never placed."""
WITHOUT_END: Final = 1_000_000
STEP_S: Final = 0.1
"""A run of a minute stays within the venue's request limit."""

pytestmark = [
    pytest.mark.load,
    pytest.mark.money,
    pytest.mark.timeout(60 + ROUNDS * SECONDS_A_ROUND),
    pytest.mark.skipif(sys.platform == "win32", reason="processes are forked and killed by signals"),
]


@pytest.fixture(scope="module")
def killer() -> Iterator[OrderKiller]:
    with order_killer() as program:
        yield program


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    state = tmp_path_factory.mktemp("exchange")
    with exchange_server(state, coins=",".join(COINS), speed=36_000) as exchange:
        yield exchange


@pytest.fixture
def life(
    server: ExchangeServer,
    killer: OrderKiller,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Life]:
    number = len(server.admin.ask("GET", "accounts")["accounts"])
    found = new_life(tmp_path_factory.mktemp("life") / f"account-{number}", server, killer, COINS)
    yield found
    if ROUNDS > 1:
        orders, events = len(server.admin.orders(found.account)), len(found.events())
        with capsys.disabled():
            sys.stdout.write(f"\n{request.node.name}: {ROUNDS} rounds, {orders} orders, {events} events\n")


@pytest.fixture
def cable(server: ExchangeServer) -> Iterator[Cable]:
    with cable_to(server.url) as found:
        yield found


def wait_for(met: Callable[[], bool], what: str, life: Life) -> None:
    end = time.monotonic() + WAIT_S
    while not met():
        assert time.monotonic() < end, f"{what}: waited {WAIT_S} s in vain\n{life.told()}"
        time.sleep(0.01)


def heartbeat(life: Life) -> Heartbeat | None:
    return Mailbox(FileStore(), life.paths).read(life.paths.heartbeat("trader"), HEARTBEAT)


def start(life: Life, strike: Strike | None = None) -> None:
    life.server.admin.clear_counters()
    life.start(WITHOUT_END, strike, STEP_S)


def assert_goes_on_by_itself(life: Life) -> None:
    """The trader that met the trouble settles every order within some steps, and no unit is missing."""
    steps = 0 if (beat := heartbeat(life)) is None else beat.steps

    def has_gone_on() -> bool:
        beat = heartbeat(life)
        return beat is not None and not beat.failing and beat.steps >= steps + STEPS

    wait_for(has_gone_on, f"{STEPS} more steps", life)
    os.kill(life.process, signal.SIGTERM)
    assert life.killer.wait() == 0, life.told()
    summary = life.summary()
    life.ledger_account = summary["account"]
    assert not summary["open_orders"], life.told()
    assert faults_of(life) == [], life.told()
    life.verify()


@pytest.mark.parametrize("point", ["before the order is sent", "before the answer is read"])
def test_an_exchange_that_dies_with_an_order_is_asked_again_when_it_is_back(point: str, life: Life) -> None:
    server = life.server
    for _ in range(ROUNDS):
        strike = Strike(point, deed="kill", victim=server._process.pid)
        start(life, strike)
        wait_for(lambda: not server.is_running, "the end of the exchange", life)
        server.kill()
        server.start()
        assert_goes_on_by_itself(life)


@pytest.mark.parametrize("end", ["before", "after"])
def test_a_network_cut_around_an_order_leaves_nothing_unclear(end: End, life: Life, cable: Cable) -> None:
    life.url = cable.url
    for _ in range(ROUNDS):
        cable.cut_at_next_order(end)
        start(life)
        wait_for(cable.is_cut.is_set, "an order on the line", life)
        time.sleep(0.3)
        cable.mend()
        assert_goes_on_by_itself(life)


def tells_of_the_disk(life: Life) -> bool:
    beat = heartbeat(life)
    return beat is not None and beat.running and beat.failing and "File too large" in beat.last_error


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="a limit is lifted from outside on Linux only")
@pytest.mark.parametrize("point", ["before the intent is stored", "before the acceptance is stored"])
@pytest.mark.parametrize("dies", [False, True], ids=["goes on", "is killed"])
def test_a_trader_with_a_full_disk_pauses_and_says_so_and_loses_nothing(
    point: str, dies: bool, life: Life
) -> None:
    # the disk is full at the length of the ledger, and notes that are shorter than it can still be written
    assert life.run(STEPS) == 0, life.told()
    for _ in range(ROUNDS):
        start(life, Strike(point, deed="full"))
        wait_for(lambda: tells_of_the_disk(life), "word of the full disk", life)
        orders = len(life.server.admin.orders(life.account))
        time.sleep(0.3)
        assert len(life.server.admin.orders(life.account)) == orders
        if dies:
            os.kill(life.process, signal.SIGKILL)
            assert life.killer.wait() == KILLED
            assert life.run(STEPS) == 0
            continue
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(life.process, resource.RLIMIT_FSIZE, unlimited)
        assert_goes_on_by_itself(life)
    life.recover()
    assert faults_of(life) == [], life.told()
    life.verify()
