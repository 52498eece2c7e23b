"""The files of a hub_data folder that the original writes as well: one spelling for its folder and ours."""

from pathlib import Path
from typing import Final, Protocol

_MONTH: Final = "[0-9][0-9][0-9][0-9]-[0-9][0-9]"


class HasHubData(Protocol):
    """Who knows where a hub_data folder is."""

    @property
    def hub_data(self) -> Path:
        """Folder of the status files."""
        ...


class HubFiles:
    """What lies in hub_data, wherever that is."""

    __slots__ = ()

    @property
    def runner_ready(self: HasHubData) -> Path:
        """The thinker's readiness."""
        return self.hub_data / "runner_ready.json"

    @property
    def trader_status(self: HasHubData) -> Path:
        """The trader's account and positions, as it last showed them."""
        return self.hub_data / "trader_status.json"

    @property
    def trade_history(self: HasHubData) -> Path:
        """Every trade, a line each."""
        return self.hub_data / "trade_history.jsonl"

    @property
    def pnl_ledger(self: HasHubData) -> Path:
        """The original's books: realised profit, positions and pending orders."""
        return self.hub_data / "pnl_ledger.json"

    @property
    def account_value_history(self: HasHubData) -> Path:
        """The account value over time, a line each."""
        return self.hub_data / "account_value_history.jsonl"

    def account_value_month(self: HasHubData, month: str) -> Path:
        """The account value of a month that is over, such as 2024-01, and what was not put aside before."""
        return self.hub_data / f"account_value_history-{month}.jsonl"

    def account_value_months(self: HasHubData) -> tuple[Path, ...]:
        """The files of the months that are over, oldest first."""
        return tuple(
            sorted(self.hub_data.glob("account_value_history-[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))
        )
