"""A backtest as a script: `python scripts/run_backtest.py --coins BTC,ETH --param dca.multiplier=1.5`."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("backtest", *sys.argv[1:]))
