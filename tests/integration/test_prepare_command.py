"""`powertrader prepare`: what it compiles is what the workers use."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from powertrader.cli import exit_codes

PROGRAM: Final = """
import json, sys
from numba.core.dispatcher import Dispatcher
from powertrader.cli.main import main
from powertrader.core import patterns
from powertrader.thinker import kernels as thinking, sweep_kernels
from powertrader.trainer import kernels as training

def compiled():
    found = {}
    for module in (patterns, thinking, sweep_kernels, training):
        for name, one in vars(module).items():
            if isinstance(one, Dispatcher):
                found[f"{module.__name__}.{name}"] = sorted(map(str, one.signatures))
    return found

seen, codes = [], []
for command in (["prepare"], *[[name, *sys.argv[1:]] for name in ("train", "train", "think")]):
    codes.append(main(command))
    seen.append(compiled())
print(json.dumps({"codes": codes, "seen": seen}))
"""


def test_training_on_top_of_a_training_and_thinking_find_everything_compiled(tmp_path: Path) -> None:
    options = ("--home", str(tmp_path), "--set", "coins=ETH")
    command = (sys.executable, "-c", PROGRAM, *options)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["codes"] == [exit_codes.OK] * 4
    prepared, *later = told["seen"]
    modules = {name.rpartition(".")[0] for name, signatures in prepared.items() if signatures}
    wanted = ("trainer.kernels", "thinker.kernels", "thinker.sweep_kernels")
    assert modules >= {f"powertrader.{name}" for name in wanted}
    assert later == [prepared] * 3
