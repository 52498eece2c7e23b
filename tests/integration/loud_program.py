"""Runs `powertrader` with all that any library would ever log on standard error, nothing taken out."""

import logging
import sys

from powertrader.cli.main import main

LIBRARIES = ("asyncio", "binance", "ccxt", "requests", "urllib3", "uvicorn", "websockets")
OURS = "powertrader."


class LoudLogger(logging.Logger):
    """A logger that lets everything through, whatever level the program sets for its package."""

    def __init__(self, name: str) -> None:
        super().__init__(name, logging.DEBUG if name.startswith(OURS) else logging.NOTSET)


class LoudFormatter(logging.Formatter):
    """Everything that is in an entry, its fields and arguments too."""

    def format(self, record: logging.LogRecord) -> str:
        return f"{super().format(record)} {vars(record)}"


def log_everything(outlet: logging.Handler) -> None:
    """Ask for every entry, as a user does who looks for a fault."""
    outlet.setFormatter(LoudFormatter())
    logging.getLogger().addHandler(outlet)
    logging.setLoggerClass(LoudLogger)
    _set_levels(logging.DEBUG)


def log_as_usual(outlet: logging.Handler) -> None:
    """Undo it."""
    logging.getLogger().removeHandler(outlet)
    logging.setLoggerClass(logging.Logger)
    _set_levels(logging.NOTSET)
    logging.getLogger().setLevel(logging.WARNING)


def _set_levels(level: int) -> None:
    ours = [name for name in logging.root.manager.loggerDict if name.startswith(OURS)]
    for name in ("", *LIBRARIES, *ours):
        logging.getLogger(name).setLevel(level)


if __name__ == "__main__":
    log_everything(logging.StreamHandler())
    sys.exit(main())
