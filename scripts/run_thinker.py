"""The thinker as a script: `python scripts/run_thinker.py` is `powertrader thinker`."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("thinker", *sys.argv[1:]))
