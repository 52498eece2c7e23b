"""A backtest that Ctrl-C ended early: which one it was, and how to ask for it again."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from powertrader.backtest.archive import RESULT_FILE
from powertrader.backtest.market_request import BacktestRequest
from powertrader.backtest.result_files import CONFIG_FILE, load_document
from powertrader.core.exceptions import BadData, ConfigError


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The newest backtest that did not get to its end; settings is the file with all of its settings.

    engine: the one that was asked for, or auto. notes: what was to know of it.
    """

    folder: Path
    request: BacktestRequest
    settings: Path
    engine: str
    notes: tuple[str, ...]


def newest_interrupted(results: Path) -> Interrupted:
    """Find what --resume goes on with. Raises ConfigError when no backtest waits for it."""
    folders = sorted(results.glob("backtest_*"), key=lambda folder: folder.name, reverse=True)
    for folder in folders:
        if (folder / RESULT_FILE).is_file():
            document = load_document(folder)
            if document.get("interrupted"):
                notes = document.get("notes")
                return Interrupted(
                    folder,
                    _request(document, folder),
                    folder / CONFIG_FILE,
                    str(document.get("asked_engine")),
                    tuple(map(str, notes)) if isinstance(notes, list) else (),
                )
    msg = f"no backtest in {results} was interrupted: leave out --resume to start one"
    raise ConfigError(msg)


def _request(document: Mapping[str, object], folder: Path) -> BacktestRequest:
    candles = document.get("candles_folder")
    try:
        start, stop = (datetime.fromisoformat(str(document.get(name))) for name in ("start", "stop"))
    except ValueError as error:
        msg = f"{folder / RESULT_FILE} does not say from when to when it ran; start the backtest anew"
        raise BadData(msg) from error
    return BacktestRequest(None if candles is None else Path(str(candles)), start, stop)
