"""How long it takes to say what a change of settings would have done in the last 90 days."""

import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from powertrader.core.paths import HomePaths
from powertrader.market.synthetic import synthetic_candles
from tests.bench.registry import Row, bench
from tests.downloaded_candles import download

START = datetime(2022, 1, 1, tzinfo=UTC)
COINS = ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE", "AAA", "BBB", "CCC", "DDD")
HOURS = 24 * 365 * 4


def answered_s(home: Path, change: str) -> float:
    """Ask in a process of its own, from its start to the answer."""
    asked = ("preview", "--home", str(home), "--set", f"coins={','.join(COINS)}", "--param", change, "--json")
    begin = perf_counter()
    found = subprocess.run([sys.executable, "-m", "powertrader", *asked], check=True, capture_output=True)
    took_s = perf_counter() - begin
    answer = json.loads(found.stdout)
    if answer["days"] != 90 or not answer["before"]["sells"]:
        msg = f"the answer is about {answer['days']} days with {answer['before']['sells']} sales"
        raise RuntimeError(msg)
    return took_s


@bench(group="backtest")
def what_a_change_would_have_done() -> list[Row]:
    """Ten coins with four years of candles: the first change of a day, and every later one."""
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        market = {coin: synthetic_candles(coin, seed=7, start=START, count=HOURS) for coin in COINS}
        download(HomePaths(home), market)
        first_s, next_s = [answered_s(home, f"dca.multiplier={value}") for value in (1.5, 1.25)]
    about = "a change over 90 days of ten coins"
    return [
        Row(what=f"{about}, the first of a day", measured=first_s, unit="s", most=3),
        Row(what=f"{about}, a later one", measured=next_s, unit="s", most=3),
    ]
