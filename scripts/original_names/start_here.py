"""Starts PowerTrader under a name of the original, whichever Python runs this; needs nothing installed."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from any_python import run


def start(program: str) -> int:
    """Run a program (trainer, thinker, trader or hub) with this command line and give its exit code."""
    code: int = run("original-name", program, *sys.argv[1:])
    return code
