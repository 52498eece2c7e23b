"""The thinker as a script: `python scripts/run_thinker.py` is `powertrader thinker`."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["thinker", *sys.argv[1:]]))
