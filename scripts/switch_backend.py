"""Whose programs the original's window starts: switch_backend.py new|original|status --folder DIR."""

import sys

from any_python import run

if __name__ == "__main__":
    raise SystemExit(run("switch-backend", *sys.argv[1:]))
