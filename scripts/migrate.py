"""Come over from an existing PowerTrader_AI folder: migrate.py FOLDER [--dry-run] [--keys] [--home HOME]."""

import sys

from powertrader.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main(["migrate", *sys.argv[1:]]))
