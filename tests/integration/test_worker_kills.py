"""Workers are killed at any time, clocks move, the disk is full, settings break: the others go on.

Everything runs as real processes of one home, against a local exchange at which one request in a hundred
fails. PT_SOAK_ROUNDS raises the number of kills and makes every trouble last a minute; scripts/soak.py
sets it.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

import pytest

from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration.worker_town import FAULTS, OPENING, WORKERS, Town, faults_of, town_of

resource = pytest.importorskip("resource", reason="limits of processes are a thing of Unix")

SOAK: Final = "PT_SOAK_ROUNDS" in os.environ
ROUNDS: Final = int(os.environ.get("PT_SOAK_ROUNDS", "3"))
TROUBLE_S: Final = 60.0 if SOAK else 1.0
LONGEST_BREAK_S: Final = 2.5
SECONDS_A_ROUND: Final = 8
RECOVERY_S: Final = 90.0
"""The longest pause of a worker after errors is a minute."""
COINS: Final = ("BTC", "ETH", "SOL", "ADA")
STEPPING: Final = ("thinker", "trader")
"""Those with a step every moment; a trainer waits until something is due."""
SPEED: Final = 18_000

pytestmark = [
    pytest.mark.load,
    pytest.mark.money,
    pytest.mark.timeout(900 + ROUNDS * SECONDS_A_ROUND if SOAK else 400),
    pytest.mark.skipif(
        sys.platform != "linux", reason="processes are killed, and limits lifted from outside"
    ),
]


@pytest.fixture
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ExchangeServer]:
    state = tmp_path_factory.mktemp("exchange")
    more = ("--synthetic", "7", "--quote", str(OPENING))
    with exchange_server(state, coins=",".join(COINS), speed=SPEED, more=more) as exchange:
        yield exchange


@pytest.fixture
def town(server: ExchangeServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    with town_of(folder / "home", server, COINS, folder / "clock") as found:
        yield found


def go_on(town: Town, what: str) -> None:
    """Wait until every worker runs and those that step have done more steps."""
    assert [name for name in WORKERS if not town.is_running(name)] == [], f"{what}\n{town.tails()}"
    began = {name: beat.steps for name in STEPPING if (beat := town.beat(name)) is not None}

    def steps_done() -> bool:
        beats = {name: town.beat(name) for name in STEPPING}
        return all(
            beat is not None and beat.steps > began[name] + 1 and not beat.failing
            for name, beat in beats.items()
        )

    town.wait_for(steps_done, what, RECOVERY_S)
    town.wait_until_all_work(RECOVERY_S)


def kill_at_random_times(town: Town) -> Counter[str]:
    chance, killed = random.Random(4), Counter[str]()
    for number in range(ROUNDS):
        name = WORKERS[number] if number < len(WORKERS) else chance.choice(WORKERS)
        time.sleep(chance.uniform(0.05, LONGEST_BREAK_S))
        town.kill(name)
        killed[name] += 1
        others = [one for one in WORKERS if one != name]
        assert [one for one in others if not town.is_running(one)] == [], town.tails()
        town.start(name)
    town.wait_until_all_work(RECOVERY_S)
    return killed


def fill_the_disk(town: Town) -> None:
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    for process in town.processes.values():
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    time.sleep(TROUBLE_S)
    for process in town.processes.values():
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, unlimited)


def break_and_repair_the_settings(town: Town) -> None:
    def said(text: str) -> bool:
        return all(text in town.said(name).read_text(encoding="utf-8") for name in STEPPING)

    path = town.paths.gui_settings
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{"trailing_gap_pct": ', encoding="utf-8")
    town.wait_for(lambda: said("settings not usable"), "word of the broken settings", RECOVERY_S)
    go_on(town, "steps with broken settings")
    path.write_text(json.dumps({"trader.signal_max_age_s": 100}), encoding="utf-8")
    town.wait_for(lambda: said("settings changed"), "word of the repaired settings", RECOVERY_S)


def test_whatever_happens_to_the_workers_they_resume_and_the_ledger_agrees_with_the_exchange(
    town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    town.start(*WORKERS)
    town.wait_until_all_work()
    town.wait_for(lambda: bool(town.server.admin.orders()), "a first order", RECOVERY_S)
    for rule in FAULTS:
        town.server.admin.add_fault(**rule)
    killed = kill_at_random_times(town)
    break_and_repair_the_settings(town)
    # a full disk is an error that somebody must look at, so what is logged counts up to here
    assert town.alarming("settings not usable") == []
    fill_the_disk(town)
    go_on(town, "steps after the disk was full")
    assert town.clock is not None
    for moved_s in (3600, -3600, 0):
        town.clock.write_text(str(moved_s), encoding="utf-8")
        time.sleep(TROUBLE_S)
        go_on(town, f"steps with a clock moved by {moved_s} s")
    town.settle()
    assert set(town.end().values()) == {0}, town.tails()
    assert faults_of(town) == [], town.tails()
    if SOAK:
        orders = town.server.admin.orders()
        with capsys.disabled():
            sys.stdout.write(f"\nkilled {dict(killed)}: {len(orders)} orders, {len(town.events())} events\n")
