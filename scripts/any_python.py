"""Runs a command of PowerTrader, whichever Python this is; needs nothing installed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
NOT_SET_UP = "PowerTrader is not set up in {folder}: run `python3 scripts/bootstrap.py setup` there once"
USAGE = 2


def run(*arguments: str) -> int:
    """Do what `powertrader` does with these arguments, and give its exit code."""
    python = python_of(CHECKOUT)
    if python is None:
        sys.stderr.write(NOT_SET_UP.format(folder=CHECKOUT) + "\n")
        return USAGE
    if python == Path(sys.executable):
        from powertrader.cli.main import main  # noqa: PLC0415  another Python does not have it

        return main(arguments)
    command = [str(python), "-m", "powertrader", *arguments]
    sys.stdout.flush()
    if os.name != "nt":
        # the same process: who started this script can stop PowerTrader by it
        os.execv(command[0], command)  # noqa: S606  our own interpreter, without a shell
    return subprocess.call(command)


def python_of(checkout: Path) -> "Path | None":
    """Give the Python that has PowerTrader: that of the checkout, else this one; None when neither has."""
    for name in ("bin/python", "Scripts/python.exe"):
        if (checkout / ".venv" / name).is_file():
            return checkout / ".venv" / name
    return Path(sys.executable) if importlib.util.find_spec("powertrader") else None
