"""The trader as a script: `python scripts/run_trader.py` is `powertrader trader`."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("trader", *sys.argv[1:]))
