"""Where log lines go: one line for people on standard error, JSON lines in a rotating file."""

import contextlib
import json
import logging
import logging.handlers
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from powertrader.core.redaction import Redactor

MAX_BYTES: Final = 10 * 1024 * 1024
BACKUPS: Final = 5
PACKAGE: Final = "powertrader"
_SHOWN_ELSEWHERE: Final = frozenset({*RESERVED_ATTRS, "coin", "component"})


class ConsoleFormatter(logging.Formatter):
    """`2024-01-15 10:30:45 [INFO] trainer.BTC: Training started (candles 600)`, time in UTC, fields last."""

    def __init__(self, redactor: Redactor) -> None:
        """Bind what takes the secrets out."""
        super().__init__()
        self._redactor = redactor

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the standard library's name
        """Give the line without a traceback."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        coin = getattr(record, "coin", None)
        source = f"{_component(record)}.{coin}" if coin else _component(record)
        return f"{moment} [{record.levelname}] {source}: {record.message}{self._fields(record)}"

    def format(self, record: logging.LogRecord) -> str:
        """Give the whole entry, secrets taken out."""
        return self._redactor.redact(super().format(record))

    def _fields(self, record: logging.LogRecord) -> str:
        extra = {name: value for name, value in vars(record).items() if name not in _SHOWN_ELSEWHERE}
        shown = self._redactor.redact_value(extra)
        if not isinstance(shown, Mapping) or not shown:
            return ""
        return f" ({', '.join(f'{name} {value}' for name, value in shown.items())})"


class JsonLineFormatter(JsonFormatter):
    """One JSON object a line: time (ISO 8601, UTC), level, component, coin, message and the extra fields."""

    def __init__(self, redactor: Redactor) -> None:
        """Bind what takes the secrets out."""
        super().__init__()
        self._redactor = redactor

    def add_fields(
        self, log_data: dict[str, object], record: logging.LogRecord, message_dict: dict[str, object]
    ) -> None:
        """Put our fields first."""
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        log_data["level"] = record.levelname
        log_data["component"] = _component(record)
        log_data["coin"] = getattr(record, "coin", None)
        super().add_fields(log_data, record, message_dict)

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, secrets taken out."""
        # what the encoder made of odd objects is looked through as well, value by value: it stays JSON
        spelled = json.loads(super().format(record))
        return json.dumps(self._redactor.redact_value(spelled), ensure_ascii=False, allow_nan=False)


class _Outlet(logging.Handler):
    """Says on standard error that an entry was lost, without its content, and goes on."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  the standard library's name
        """Report an entry that could not be written: it may hold secrets, so only its origin is named."""
        error = sys.exc_info()[1]
        where = f"{record.name}, {record.filename} line {record.lineno}"
        # a worker must outlive a standard error that is a file on a full disk
        with contextlib.suppress(OSError):
            sys.stderr.write(f"log entry of {where} was lost: {type(error).__name__}\n")


class SteadyFileHandler(_Outlet, logging.handlers.RotatingFileHandler):
    """A rotating file that comes back when somebody deletes it or its folder."""

    def shouldRollover(self, record: logging.LogRecord) -> bool:  # noqa: N802  the standard library's name
        """Tell whether the file is full; a deleted one is opened anew first."""
        if self.stream is not None and not Path(self.baseFilename).exists():
            self.stream.close()
            self.stream = self._open()
        return bool(super().shouldRollover(record))

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(parents=True, exist_ok=True)
        return super()._open()


class SteadyConsoleHandler(_Outlet, logging.StreamHandler[TextIO]):
    """Standard error; a class of its own so that set-up finds it again."""


def setup_logger(
    process: str,
    log_dir: Path,
    *,
    redactor: Redactor,
    level: int | str = logging.INFO,
    max_bytes: int = MAX_BYTES,
) -> logging.Logger:
    """Give a process's logger, after sending all that is logged to standard error and PROCESS.log in log_dir.

    level holds for our own entries, warnings of other packages are shown as well. The file is put
    aside at max_bytes, five older ones are kept. Calling it again replaces what it did before. What the
    redactor knows, now or later, reaches neither place.
    """
    close_logging()
    console = SteadyConsoleHandler()
    console.setFormatter(ConsoleFormatter(redactor))
    rotating = SteadyFileHandler(
        log_dir / f"{process}.log", maxBytes=max_bytes, backupCount=BACKUPS, encoding="utf-8", delay=True
    )
    rotating.setFormatter(JsonLineFormatter(redactor))
    root = logging.getLogger()
    root.addHandler(console)
    root.addHandler(rotating)
    logging.getLogger(PACKAGE).setLevel(level)
    return logging.getLogger(f"{PACKAGE}.{process}")


def close_logging() -> None:
    """Undo setup_logger and close its file; nothing happens when it was not called."""
    root = logging.getLogger()
    for outlet in tuple(root.handlers):
        if isinstance(outlet, _Outlet):
            root.removeHandler(outlet)
            outlet.close()
            logging.getLogger(PACKAGE).setLevel(logging.NOTSET)


def _component(record: logging.LogRecord) -> str:
    named = getattr(record, "component", None)
    return str(named) if named else record.name.removeprefix(f"{PACKAGE}.").partition(".")[0]
