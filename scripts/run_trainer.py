"""The trainer as a script: `python scripts/run_trainer.py ETH reprocess_yes` trains ETH anew."""

import sys

from any_python import run

if __name__ == "__main__":
    sys.exit(run("trainer", *sys.argv[1:]))
