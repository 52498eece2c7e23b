"""HubViews for tests: how things stand, the settings, and what is new."""

from collections.abc import Iterable
from typing import Any

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.findings import findings_of
from powertrader.hub.view import HubView, SettingsView
from powertrader.models.snapshot import CoinView, Snapshot
from tests.unit.snapshots import coin, snapshot


def settings_view(config: TradingConfig | None = None, **changes: Any) -> SettingsView:
    """Settings that are in force; the defaults unless others are given."""
    known = config or TradingConfig()
    return SettingsView(known, {}, config_hash(known), **changes)


def with_coins(*names: str) -> TradingConfig:
    """The default settings for some coins."""
    return TradingConfig.model_validate({"trading": {"coins": names}})


def hub_view(
    coins: Iterable[CoinView] | None = None, made: Snapshot | None = None, **changes: Any
) -> HubView:
    """A view in which all is well, but for what is given; two coins unless others are."""
    views = tuple(coins) if coins is not None else (coin("BTC", 3), coin("ETH"))
    found = made or snapshot(views)
    config = with_coins(*(view.coin for view in found.coins)) if found.coins else None
    plain = {"version": 1, "at": found.at, "snapshot": found, "settings": settings_view(config)}
    return HubView(**{**plain, "findings": findings_of(found), **changes})
