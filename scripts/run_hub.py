"""The window as a script: `python scripts/run_hub.py` is `powertrader hub`."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("hub", *sys.argv[1:]))
