"""One data folder belongs to one market: the real one, or that of a local exchange."""

from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore

REAL: Final = "real"
LOCAL: Final = "local exchange"


def claim_market(paths: HomePaths, exchange_url: str) -> None:
    """Note whose market a data folder belongs to; what was learnt or earned on another must not mix with it.

    exchange_url: the local exchange that stands in for the real venues, empty for the real ones. Raises
    ConfigError when the folder belongs to the other market, StorageError when it cannot be noted.
    """
    wanted = LOCAL if exchange_url else REAL
    marker = paths.data / "market.json"
    store = FileStore(paths.data)
    found = store.read_json(marker, None)
    owner = found.get("market") if isinstance(found, dict) else None
    if owner is None and wanted == LOCAL and _is_used(paths):
        # before there were markers, everything came from real markets
        owner = REAL
    if owner is None:
        store.write_json(marker, {"market": wanted})
    elif owner != wanted:
        msg = (
            f"{paths.data} belongs to the {owner} market, and this is the {wanted}: memories, signals and "
            "ledgers of the two must not mix; name another folder with --home"
        )
        raise ConfigError(msg)


def _is_used(paths: HomePaths) -> bool:
    """Tell whether anything was learnt or traded here."""
    patterns = ("memory_*.npz", "*/memory_*.npz", "memories_*.txt", "ledger/*")
    return any(next(paths.data.glob(pattern), None) is not None for pattern in patterns)
