"""All workers as a script: `python scripts/run_live.py --mode paper` is `powertrader up --mode paper`."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["up", *sys.argv[1:]]))
