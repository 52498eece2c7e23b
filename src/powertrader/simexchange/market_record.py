"""Which market a state folder belongs to, and how far its time has come."""

from datetime import datetime
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.storage import FileStore

MARKET_FILE: Final = "market.json"


class MarketRecord:
    """The record of one market in a folder, so that a restart goes on where it stopped."""

    def __init__(self, folder: Path, identity: str) -> None:
        """Keep the record of one market in a folder."""
        self._path = folder / MARKET_FILE
        self._identity = identity

    def resume(self, usual: datetime) -> datetime:
        """Give the market time at which to go on, usual where nothing was kept.

        Raises ConfigError when the folder belongs to another market, BadData when the file is damaged.
        """
        content = FileStore().read_json(self._path, None)
        if content is None:
            return usual
        try:
            identity, moment = _kept(content)
        except (KeyError, TypeError, ValueError) as error:
            msg = f"{self._path} is damaged; move its folder away, then a new exchange begins"
            raise BadData(msg) from error
        if identity != self._identity:
            msg = (
                f"{self._path.parent} belongs to another market ({identity[:80]}), not to "
                f"{self._identity[:80]}; choose another folder with --state"
            )
            raise ConfigError(msg)
        return moment

    def keep(self, moment: datetime) -> None:
        """Write down how far market time has come."""
        FileStore().write_json(self._path, {"market": self._identity, "time": moment.isoformat()})


def _kept(content: object) -> tuple[str, datetime]:
    if not isinstance(content, dict):
        raise TypeError(content)
    moment = datetime.fromisoformat(content["time"])
    if moment.tzinfo is None:
        raise ValueError(moment)
    return str(content["market"]), moment
