"""All workers as a script: `python scripts/run_live.py --mode paper` is `powertrader up --mode paper`."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("up", *sys.argv[1:]))
