"""One data folder belongs to one market: the real one, or that of a local exchange."""

import json
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import ConfigError, DataCorruptionError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore

REAL: Final = "real"
LOCAL: Final = "local exchange"


def claim_market(paths: HomePaths, exchange_url: str) -> None:
    """Note whose market a data folder belongs to; what was learnt or earned on another must not mix with it.

    exchange_url: the local exchange that stands in for the real venues, empty for the real ones. Raises
    ConfigError when the folder belongs to the other market, DataCorruptionError when the note is damaged,
    StorageError when it cannot be written.
    """
    refuse_other_market(paths, exchange_url)
    store = FileStore(paths.data)
    if _owner(store, paths.market_note) is None:
        store.write_json(paths.market_note, {"market": LOCAL if exchange_url else REAL})


def refuse_other_market(paths: HomePaths, exchange_url: str) -> None:
    """Return when a data folder belongs to this market or to none; nothing is written.

    Raises ConfigError when it belongs to the other one, DataCorruptionError when its note is damaged.
    """
    wanted = LOCAL if exchange_url else REAL
    owner = _owner(FileStore(paths.data), paths.market_note)
    if owner is None and wanted == LOCAL and _is_used(paths):
        # before there were markers, everything came from real markets
        owner = REAL
    if owner not in {None, wanted}:
        way = "add --exchange-url to go on there, or " if owner == LOCAL else ""
        msg = (
            f"{paths.data} belongs to the {owner} market, and this is the {wanted}: memories, signals and "
            f"ledgers of the two must not mix; {way}name another folder with --home"
        )
        raise ConfigError(msg)


def market_of(paths: HomePaths) -> str | None:
    """Give whose market a data folder belongs to, None while nobody has said so.

    Raises DataCorruptionError when the note is damaged.
    """
    return _owner(FileStore(paths.data), paths.market_note)


def _owner(store: FileStore, marker: Path) -> str | None:
    """Give whose a folder is, None without a marker; a damaged one stays, or the next start would guess."""
    raw = store.read_bytes(marker)
    if raw is None:
        return None
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        found = None
    owner = found.get("market") if isinstance(found, dict) else None
    if owner not in (REAL, LOCAL):
        right = json.dumps({"market": REAL})
        msg = f"{marker} is damaged: write {right} into it, or {LOCAL} in place of {REAL}"
        raise DataCorruptionError(msg)
    return str(owner)


def _is_used(paths: HomePaths) -> bool:
    """Tell whether anything was learnt or traded here."""
    patterns = ("memory_*.npz", "*/memory_*.npz", "memories_*.txt", "ledger/*")
    return any(next(paths.data.glob(pattern), None) is not None for pattern in patterns)
