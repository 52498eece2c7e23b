"""Whose programs the original's window starts: switch_backend.py new|original|status --folder DIR."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main(["switch-backend", *sys.argv[1:]]))
