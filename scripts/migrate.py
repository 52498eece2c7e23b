"""Come over from an existing PowerTrader_AI folder: migrate.py FOLDER [--dry-run] [--keys] [--home HOME]."""

import sys

from any_python import run

if __name__ == "__main__":
    raise SystemExit(run("migrate", *sys.argv[1:]))
