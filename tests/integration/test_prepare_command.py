"""`powertrader prepare`: what it compiles is what the workers use."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from powertrader.cli import exit_codes
from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles

PROGRAM: Final = """
import json, sys
from numba.core.dispatcher import Dispatcher
from powertrader.cli.main import main
from powertrader.backtest import figure_kernels, target_kernels
from powertrader.core import patterns
from powertrader.thinker import kernels as thinking, sweep_kernels
from powertrader.trainer import kernels as training

def compiled():
    found = {}
    for module in (patterns, thinking, sweep_kernels, training, figure_kernels, target_kernels):
        for name, one in vars(module).items():
            if isinstance(one, Dispatcher):
                found[f"{module.__name__}.{name}"] = sorted(map(str, one.signatures))
    return found

seen, codes = [], []
example = ["--candles", sys.argv[2], "--strategy", "momentum"]
later = [["train"], ["train"], ["think"], ["backtest", *example],
         ["sweep", *example, "--strategy-param", "lookback=5,9",
          "--strategy-param", "order.limit_offset_pct=none,0.1"]]
for command in (["prepare"], *[[*words, *sys.argv[1:]] for words in later]):
    codes.append(main(command))
    seen.append(compiled())
print(json.dumps({"codes": codes, "seen": seen}))
"""


def test_training_thinking_and_trading_an_example_find_everything_compiled(tmp_path: Path) -> None:
    candles = synthetic_candles("ETH", seed=1, start=datetime(2024, 1, 1, tzinfo=UTC), count=24 * 20)
    write_candles(tmp_path / "ETHUSDT-1h.csv", candles)
    options = ("--home", str(tmp_path), "--set", "coins=ETH")
    command = (sys.executable, "-c", PROGRAM, *options)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["codes"] == [exit_codes.OK] * 6
    prepared, *later = told["seen"]
    modules = {name.rpartition(".")[0] for name, signatures in prepared.items() if signatures}
    wanted = ("trainer.kernels", "thinker.kernels", "thinker.sweep_kernels", "backtest.target_kernels")
    assert modules >= {f"powertrader.{name}" for name in wanted}
    assert later == [prepared] * 5
