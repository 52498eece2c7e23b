"""A home whose coins have learnt something, and the workers that use it, for measuring."""

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import numpy as np
import psutil

from powertrader.core.mailbox import THINKER, Mailbox
from powertrader.core.market_claim import claim_market
from powertrader.core.memory_store import pack_memory
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.memory import PatternMemory
from powertrader.models.status import ThinkerReport
from powertrader.models.timeframe import TIMEFRAMES
from tests.exchange_server import ExchangeServer
from tests.load.day_worker import Worker, worker

PATIENCE_S: Final = 300.0


def coins_of(count: int) -> tuple[str, ...]:
    """Name so many coins."""
    return tuple([f"C{number:03d}" for number in range(count)])


def learnt(count: int) -> PatternMemory:
    """Memories of which every one is similar enough, so that each timeframe has a say."""
    draw = np.random.default_rng(count)
    body, close_move = draw.normal(0, 0.8, count), draw.normal(0, 0.8, count)
    spread = np.abs(draw.normal(0, 0.5, count))
    return PatternMemory(body, close_move, close_move + spread, close_move - spread, 60.0)


def teach(home: Path, server: ExchangeServer, coins: Sequence[str], count: int) -> HomePaths:
    """Give a home in which each coin has count memories in each timeframe, trained just now.

    The files are links to those of one coin: what is measured is not the disk.
    """
    paths = HomePaths(home)
    claim_market(paths, server.url)
    content, trained = pack_memory(learnt(count)), repr(server.admin.market_ms() / 1000)
    first = paths.coin(coins[0])
    for coin in coins:
        files = paths.coin(coin)
        files.base.mkdir(parents=True, exist_ok=True)
        for path in (files.trainer_last_training_time(), files.trainer_last_start_time()):
            path.write_text(trained, encoding="utf-8")
        for timeframe in TIMEFRAMES:
            if coin == first.coin:
                files.pattern_memory(timeframe).write_bytes(content)
            else:
                os.link(first.pattern_memory(timeframe), files.pattern_memory(timeframe))
    return paths


@contextmanager
def workers(
    home: Path, server: ExchangeServer, coins: Sequence[str], *names: str, settings: Sequence[str] = ()
) -> Iterator[list[Worker]]:
    """Run workers on these coins, or on those of the settings files, for as long as the block runs."""
    environment = {**os.environ, "NUMBA_NUM_THREADS": "1"}
    listed = (f"trading.coins={','.join(coins)}",) if coins else ()
    options = [part for setting in (*listed, *settings) for part in ("--set", setting)]
    with ExitStack() as stack:
        running = []
        for name in names:
            more = ["--keep"] if name == "trainer" else []
            command = [sys.executable, "-m", "powertrader", name, *more, "--home", str(home), "--json"]
            command += ["--exchange-url", server.url, *options]
            running.append(stack.enter_context(worker(name, command, home, environment)))
        yield running


def reports_of(paths: HomePaths) -> Iterator[ThinkerReport | None]:
    """Give what the thinker tells of itself, again and again."""
    mailbox = Mailbox(FileStore(), paths)
    while True:
        yield mailbox.read(paths.thinker_report, THINKER)


def wait_until(is_so: Iterator[bool]) -> None:
    """Look ten times a second until it is so. Raises AssertionError after PATIENCE_S."""
    ends_s = time.monotonic() + PATIENCE_S
    for found in is_so:
        if found:
            return
        assert time.monotonic() < ends_s, "it never came to that"
        time.sleep(0.1)


def resident_bytes(running: Sequence[Worker]) -> int:
    """Give the memory of workers together; what several share counts once where the system tells it."""
    total = 0
    for one in running:
        found = psutil.Process(one.process.pid).memory_full_info()
        total += getattr(found, "pss", found.rss)
    return total
