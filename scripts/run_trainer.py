"""The trainer as a script: `python scripts/run_trainer.py ETH reprocess_yes` trains ETH anew."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    sys.exit(main(["trainer", *sys.argv[1:]]))
