"""What a decision would have been made from, had a rule, a price or a signal been another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from powertrader.core.config_keys import resolve
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.exceptions import ConfigError
from powertrader.models.account import Quote
from powertrader.models.decision import DecisionInputs
from powertrader.models.signal import HIGHEST_LEVEL, SignalView

SETTING_OF_RULE: Final[Mapping[str, str]] = {
    "trade_start_level": "entry.trade_start_level",
    "start_allocation_pct": "entry.start_allocation_pct",
    "dca_levels": "dca.levels",
    "dca_multiplier": "dca.multiplier",
    "max_dca_buys_per_24h": "dca.max_buys_per_24h",
    "pm_start_pct_no_dca": "trailing.start_pct_no_dca",
    "pm_start_pct_with_dca": "trailing.start_pct_with_dca",
    "trailing_gap_pct": "trailing.gap_pct",
}
"""The setting behind each rule of a decision."""
PRICES: Final = ("bid", "ask")
LEVELS: Final = ("long", "short")
NAMES: Final = (*SETTING_OF_RULE.values(), *PRICES, *LEVELS)


def changed_inputs(inputs: DecisionInputs, texts: Sequence[str]) -> DecisionInputs:
    """Give inputs with some values replaced, each written name=value; names are settings, prices or levels.

    Raises ConfigError naming what is no such name or cannot be such a value.
    """
    market: dict[str, str] = {}
    rules: dict[str, str] = {}
    for text in texts:
        name, _, value = (part.strip() for part in text.partition("="))
        if name in (*PRICES, *LEVELS):
            market[name] = value
        else:
            rules[_rule_of(name, text)] = text
    return _with_market(_with_rules(inputs, rules), market)


def _rule_of(name: str, text: str) -> str:
    setting = resolve(name) or name
    for rule, its_setting in SETTING_OF_RULE.items():
        if its_setting == setting:
            return rule
    msg = f"{text[:80]!r} changes nothing of a decision; write name=value with one of {', '.join(NAMES)}"
    raise ConfigError(msg)


def _with_rules(inputs: DecisionInputs, texts: Mapping[str, str]) -> DecisionInputs:
    if not texts:
        return inputs
    asked = load_config(ConfigSources(overrides=tuple(texts.values()))).config.rules
    return replace(inputs, rules=inputs.rules._replace(**{name: getattr(asked, name) for name in texts}))


def _with_market(inputs: DecisionInputs, texts: Mapping[str, str]) -> DecisionInputs:
    quote, signal = inputs.quote, inputs.signal or SignalView(0, 0)
    if not texts.keys().isdisjoint(PRICES):
        # where none was recorded, one price that is named stands for both
        either = next(texts[name] for name in PRICES if name in texts)
        bid, ask = (either, either) if quote is None else (repr(quote.bid), repr(quote.ask))
        quote = _quote(texts.get("bid", bid), texts.get("ask", ask))
    if not texts.keys().isdisjoint(LEVELS):
        long, short = (texts.get("long", str(signal.long)), texts.get("short", str(signal.short)))
        signal = replace(signal, long=_level("long", long), short=_level("short", short))
        return replace(inputs, quote=quote, signal=signal)
    return replace(inputs, quote=quote)


def _quote(bid: str, ask: str) -> Quote:
    try:
        return Quote(float(bid), float(ask))
    except ValueError as error:
        msg = f"bid {bid[:40]!r} and ask {ask[:40]!r} must be prices above 0"
        raise ConfigError(msg) from error


def _level(name: str, text: str) -> int:
    level = int(text) if text.isdecimal() else -1
    if not 0 <= level <= HIGHEST_LEVEL:
        msg = f"{name} was {text[:40]!r}, must be a level from 0 to {HIGHEST_LEVEL}"
        raise ConfigError(msg)
    return level
