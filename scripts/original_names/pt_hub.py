"""The original's pt_hub.py as a way into PowerTrader: all workers and what they do, in this window."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
from start_here import start  # type: ignore[import-not-found]  # the line above lets it be found

if __name__ == "__main__":
    raise SystemExit(start("hub"))
