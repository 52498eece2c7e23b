"""How long `powertrader backtest` takes as a person waits for it: from an empty process to the table."""

import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles
from tests.bench.registry import Row, bench

START = datetime(2022, 1, 1, tzinfo=UTC)
COINS = ("BTC", "ETH", "BNB", "SOL", "XRP", "DOGE", "AAA", "BBB", "CCC", "DDD")


def seconds_of(home: Path, *given: str) -> float:
    """Run the command in a process of its own."""
    command = [sys.executable, "-m", "powertrader", "backtest", "--home", str(home), *given]
    begin = perf_counter()
    subprocess.run([*command, "--candles", str(home.parent)], check=True, capture_output=True)
    return perf_counter() - begin


@bench(group="backtest")
def from_the_command_to_the_table() -> list[Row]:
    """One year of one coin after three that train; then the last 90 days of ten coins, as the hub asks."""
    with tempfile.TemporaryDirectory() as place:
        for coin in COINS:
            candles = synthetic_candles(coin, seed=7, start=START, count=24 * 365 * 4)
            write_candles(Path(place) / f"{coin}USDT-1h.npz", candles)
        home = Path(place) / "home"
        year = ("--coins", "BTC", "--from", "2025-01-01", "--to", "2025-12-31")
        days = ("--coins", ",".join(COINS), "--from", "2025-10-02")
        return [
            Row(
                what="a year of one coin, never walked before",
                measured=seconds_of(home, *year),
                unit="s",
                most=2,
            ),
            Row(what="a year of one coin, walked before", measured=seconds_of(home, *year), unit="s", most=2),
            Row(what="90 days of ten coins, never walked before", measured=seconds_of(home, *days), unit="s"),
            Row(
                what="90 days of ten coins, walked before", measured=seconds_of(home, *days), unit="s", most=3
            ),
        ]
