"""TradingConfig: every setting with its default, unit, bounds and one sentence.

Where values come from is core.config_sources' business; names and short names are core.config_keys'.
"""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from pydantic import JsonValue, ValidationError, model_validator

from powertrader.core.config_bus import BusSection, PluginsSection
from powertrader.core.config_costs import CostsSection
from powertrader.core.config_cutover import CutoverSection
from powertrader.core.config_exchange import ExchangeSection, PaperSection
from powertrader.core.config_hub import HubSection
from powertrader.core.config_sections import (
    CandlesSection,
    DcaSection,
    EntrySection,
    PathsSection,
    ReplaySection,
    Section,
    TraderSection,
    TradingSection,
    TrailingSection,
)
from powertrader.core.config_trainer import TrainerSection
from powertrader.core.exceptions import ConfigError
from powertrader.models.rules import TradingRules

CONFIRMATION_WORD: Final = "LIVE"
"""What a user types to let orders spend real money."""
NO_WORD: Final = "no word was given"
"""What a live trader says that is started without it."""

HASH_DIGITS: Final = 16
NOT_HASHED: Final = frozenset(
    {
        "bus",
        "hub",
        "paths",
        "trainer",
        "plugins",
        "trading.mode",
        "exchange.url",
        "exchange.tld",
        "exchange.endpoint",
        "exchange.recv_window_ms",
        "exchange.timeout_s",
        "exchange.slow_down_pct",
        "exchange.stop_pct",
        "exchange.user_stream",
        "cutover.original_folder",
    }
)
"""Sections and keys that change no decision: where files lie, what the window shows, where orders go."""


class TradingConfig(Section):
    """All settings, valid and frozen."""

    trading: TradingSection = TradingSection()
    entry: EntrySection = EntrySection()
    dca: DcaSection = DcaSection()
    trailing: TrailingSection = TrailingSection()
    trader: TraderSection = TraderSection()
    trainer: TrainerSection = TrainerSection()
    exchange: ExchangeSection = ExchangeSection()
    paper: PaperSection = PaperSection()
    costs: CostsSection = CostsSection()
    replay: ReplaySection = ReplaySection()
    candles: CandlesSection = CandlesSection()
    bus: BusSection = BusSection()
    plugins: PluginsSection = PluginsSection()
    hub: HubSection = HubSection()
    paths: PathsSection = PathsSection()
    cutover: CutoverSection = CutoverSection()

    @model_validator(mode="after")
    def _sections_fit(self) -> Self:
        problems = _conflicts(self)
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @classmethod
    def from_file(cls, path: Path) -> "TradingConfig":
        """Load the original's gui_settings.json over the defaults.

        Raises ConfigError naming every wrong key; a missing file gives the defaults and a warning.
        """
        from powertrader.core.config_sources import from_gui_settings  # noqa: PLC0415  it imports this module

        return from_gui_settings(path)

    def validate(self) -> list[str]:  # type: ignore[override]  # pydantic's own method of this name is deprecated
        """List what is wrong; empty unless the settings were made without the usual checks."""
        try:
            TradingConfig.model_validate(self.model_dump(warnings=False))
        except ValidationError as error:
            return [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        return []

    @property
    def rules(self) -> TradingRules:
        """What entries, further buys and exits follow, with the hash of these settings."""
        return TradingRules(
            coins=self.trading.coins,
            trade_start_level=self.entry.trade_start_level,
            start_allocation_pct=self.entry.start_allocation_pct,
            dca_levels=self.dca.levels,
            dca_multiplier=self.dca.multiplier,
            max_dca_buys_per_24h=self.dca.max_buys_per_24h,
            pm_start_pct_no_dca=self.trailing.start_pct_no_dca,
            pm_start_pct_with_dca=self.trailing.start_pct_with_dca,
            trailing_gap_pct=self.trailing.gap_pct,
            compat=self.trading.compat,
            config_hash=config_hash(self),
        )


def require_confirmation(config: TradingConfig, word: str | None) -> None:
    """Raise ConfigError when trading is live and the user has not typed the word."""
    if config.trading.mode == "live" and word != CONFIRMATION_WORD:
        given = NO_WORD if word is None else f"the word was {word!r}"
        way_out = f"add --confirm-live {CONFIRMATION_WORD}, or --set trading.mode=paper"
        msg = f"trading.mode is live and {given}: {way_out}"
        raise ConfigError(msg)


def config_hash(config: TradingConfig) -> str:
    """Fingerprint of every setting that can change a decision or a result: 16 hex digits.

    The same on every system and Python version, and wherever the values came from.
    """
    return hash_of_tree(config.model_dump(mode="json"))


def hash_of_tree(tree: Mapping[str, JsonValue]) -> str:
    """Fingerprint of an archived tree of sections, as config_hash gave it when it was saved."""
    kept = {
        f"{section}.{name}": value
        for section, values in tree.items()
        if section not in NOT_HASHED and isinstance(values, Mapping)
        for name, value in values.items()
        if f"{section}.{name}" not in NOT_HASHED
    }
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()[:HASH_DIGITS]


def _conflicts(config: TradingConfig) -> list[str]:
    found = []
    if config.trading.mode == "live" and config.trading.compat == "original":
        found.append(
            "trading.compat was 'original', must be safe when trading.mode is live: see docs/DEVIATIONS.md"
        )
    if config.trading.quote_asset in config.trading.coins:
        found.append(
            f"trading.coins holds {config.trading.quote_asset}, which is trading.quote_asset: remove it"
        )
    return found
