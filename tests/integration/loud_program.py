"""Runs `powertrader` with all that any library would ever log on standard error, nothing taken out."""

import logging
import sys

from powertrader.cli.main import main

LIBRARIES = ("asyncio", "binance", "ccxt", "requests", "urllib3", "uvicorn", "websockets")


def log_everything(outlet: logging.Handler) -> None:
    """Ask for every entry, as a user does who looks for a fault."""
    outlet.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(outlet)
    for name in LIBRARIES:
        logging.getLogger(name).setLevel(logging.DEBUG)


if __name__ == "__main__":
    log_everything(logging.StreamHandler())
    sys.exit(main())
