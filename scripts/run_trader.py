"""The trader as a script: `python scripts/run_trader.py` is `powertrader trader`."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["trader", *sys.argv[1:]]))
