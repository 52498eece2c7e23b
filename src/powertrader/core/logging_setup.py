"""Where log lines go: one line for people on standard error, JSON lines in a rotating file."""

import json
import logging
import logging.handlers
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import Final, TextIO

from pythonjsonlogger.json import JsonFormatter

MAX_BYTES: Final = 10 * 1024 * 1024
BACKUPS: Final = 5
MASK: Final = "***"
SHORTEST_SECRET: Final = 4
"""Registering less would mask ordinary words."""
_PACKAGE: Final = "powertrader."
_SENSITIVE: Final = (
    r"(?:api[-_ ]?key|x-mbx-apikey|(?:api[-_ ]?)?secret(?:[-_ ]?key)?|signature|password|passphrase|token)"
)
_NAMED_SECRET: Final = re.compile(
    rf"""(?i)((?:{_SENSITIVE}\\?["']?\s*[=:]|(?<![a-z_])key=)\s*\\?["']?)[^\s&"',;}}\\]+"""
)


class Redactor:
    """Takes known secrets, and whatever is named like one, out of a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Remember secrets, also in the form JSON would spell them; very short ones are ignored."""
        known = {secret for secret in secrets if len(secret) >= SHORTEST_SECRET}
        known |= {json.dumps(secret)[1:-1] for secret in known}
        self._known = sorted(known, key=len, reverse=True)

    def redact(self, text: str) -> str:
        """Give the text with every secret replaced by three stars; JSON stays JSON."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        return _NAMED_SECRET.sub(lambda found: found.group(1) + MASK, text)


class ConsoleFormatter(logging.Formatter):
    """`2024-01-15 10:30:45 [INFO] trainer.BTC: Training started`, time in UTC."""

    def __init__(self, redactor: Redactor) -> None:
        """Bind what takes the secrets out."""
        super().__init__()
        self._redactor = redactor

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the standard library's name
        """Give the line without a traceback."""
        moment = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d %H:%M:%S")
        coin = getattr(record, "coin", None)
        source = f"{_component(record)}.{coin}" if coin else _component(record)
        return f"{moment} [{record.levelname}] {source}: {record.message}"

    def format(self, record: logging.LogRecord) -> str:
        """Give the whole entry, secrets taken out."""
        return self._redactor.redact(super().format(record))


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
        return self._redactor.redact(super().format(record))


class SteadyFileHandler(logging.handlers.RotatingFileHandler):
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


class SteadyConsoleHandler(logging.StreamHandler[TextIO]):
    """Standard error; a class of its own so that set-up finds it again."""


def setup_logging(log_file: Path, *, level: str = "INFO", secrets: Iterable[str] = ()) -> None:
    """Send everything that is logged in this process to standard error and to log_file.

    Calling it again replaces what it did before. secrets never reach either place.
    """
    close_logging()
    redactor = Redactor(secrets)
    console = SteadyConsoleHandler()
    console.setFormatter(ConsoleFormatter(redactor))
    rotating = SteadyFileHandler(
        log_file, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=True
    )
    rotating.setFormatter(JsonLineFormatter(redactor))
    root = logging.getLogger()
    root.setLevel(level)
    root.addHandler(console)
    root.addHandler(rotating)


def close_logging() -> None:
    """Undo setup_logging and close its file; nothing happens when it was not called."""
    root = logging.getLogger()
    for place in tuple(root.handlers):
        if isinstance(place, SteadyConsoleHandler | SteadyFileHandler):
            root.removeHandler(place)
            place.close()


def _component(record: logging.LogRecord) -> str:
    named = getattr(record, "component", None)
    return str(named) if named else record.name.removeprefix(_PACKAGE).partition(".")[0]
