"""What a decision was made from, as named groups of lines, and the values of it that a user can replace."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from powertrader.core.what_if import SETTING_OF_RULE
from powertrader.hub.price_text import money_text, price_text, quantity_text
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.models.account import Quote
from powertrader.models.decision import DecisionInputs, DecisionRecord, RuleNumbers
from powertrader.models.position import Holding
from powertrader.models.signal import SignalView

_ENTRY_RULES: Final = ("trade_start_level", "start_allocation_pct")
_HELD_RULES: Final = tuple([name for name in RuleNumbers._fields if name not in _ENTRY_RULES])


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of a name and a value under a title."""

    title: str
    lines: tuple[tuple[str, str], ...]


class Replaceable(NamedTuple):
    """A value that a decision can be made with instead: its name for the command line, and as recorded."""

    name: str
    recorded: str


def groups_of(record: DecisionRecord, quote: str) -> tuple[Group, ...]:
    """Give what a decision was made from; nothing for a record that does not say it."""
    inputs = record.inputs
    if inputs is None:
        return ()
    return (
        Group(text("why.prices"), _prices(inputs.quote, quote)),
        Group(text("why.signal"), _signal(inputs.signal, record.at)),
        Group(text("why.position"), _position(inputs.position, quote, held=inputs.held)),
        Group(text("why.account"), _account(inputs, quote)),
        Group(text("why.rules"), _rules(inputs.rules)),
        Group(text("why.made_by"), _made_by(record)),
    )


def replaceable(inputs: DecisionInputs) -> tuple[Replaceable, ...]:
    """Give the values that matter for a decision: those of an entry, or those of a position."""
    names = _HELD_RULES if inputs.held else _ENTRY_RULES
    rules = [Replaceable(SETTING_OF_RULE[name], rule_text(inputs.rules, name)) for name in names]
    signal, quote = inputs.signal, inputs.quote
    found = [
        Replaceable("long", "" if signal is None else str(signal.long)),
        Replaceable("short", "" if signal is None else str(signal.short)),
    ]
    if inputs.held:
        found = [
            Replaceable("bid", "" if quote is None else repr(quote.bid)),
            Replaceable("ask", "" if quote is None else repr(quote.ask)),
            found[0],
        ]
    return (*found, *rules)


def label_of(name: str) -> str:
    """Give what a person calls a value that can be replaced."""
    rule = next((rule for rule, setting in SETTING_OF_RULE.items() if setting == name), "")
    return text(f"why.rule.{rule}") if rule else text(f"why.{name}")


def rule_text(rules: RuleNumbers, name: str) -> str:
    """Give a rule as a user types it."""
    value = getattr(rules, name)
    return ", ".join(f"{one:g}" for one in value) if isinstance(value, tuple) else f"{value:g}"


def _prices(quote: Quote | None, asset: str) -> tuple[tuple[str, str], ...]:
    if quote is None:
        return ((text("why.none"), text("why.no_price")),)
    return (
        (text("why.bid"), price_text(quote.bid, asset)),
        (text("why.ask"), price_text(quote.ask, asset)),
    )


def _signal(signal: SignalView | None, at: datetime) -> tuple[tuple[str, str], ...]:
    if signal is None:
        return ((text("why.none"), text("why.no_fresh_signal")),)
    age = text("why.unknown")
    if signal.made_at is not None:
        age = age_text((at - signal.made_at).total_seconds())
    return (
        (text("why.long"), text("why.level", level=signal.long)),
        (text("why.short"), text("why.level", level=signal.short)),
        (text("why.age"), age),
    )


def _position(position: Holding | None, asset: str, *, held: bool) -> tuple[tuple[str, str], ...]:
    if position is None:
        words = text("why.held_without_price") if held else text("why.nothing_held")
        return ((text("why.none"), words),)
    lines = [
        (text("why.quantity"), quantity_text(position.quantity)),
        (text("why.average"), price_text(position.basis, asset)),
        (text("why.dca_buys"), str(position.stage)),
        (text("why.dca_times"), str(len(position.dca_times or ()))),
    ]
    trail = position.trail
    if trail is not None:
        state = "why.trail_active" if trail.active else "why.trail_waits"
        lines.append((text("why.trail"), text(state, line=price_text(trail.line, asset))))
        if trail.active:
            lines.append((text("why.peak"), price_text(trail.peak, asset)))
    return tuple(lines)


def _account(inputs: DecisionInputs, asset: str) -> tuple[tuple[str, str], ...]:
    lines = [
        (text("why.total"), money_text(inputs.total, asset)),
        (text("why.free"), money_text(inputs.buying_power, asset)),
        (text("why.left"), money_text(inputs.funds, asset)),
    ]
    if inputs.halt is not None:
        lines.append((text("why.paused"), inputs.halt or text("why.yes")))
    for key, wait in (("why.purchase_waits", inputs.purchase_waits), ("why.sale_waits", inputs.sale_waits)):
        if wait is not None:
            lines.append((text(key), text("why.seconds_left", n=f"{wait.left_s:.0f}")))
    return tuple(lines)


def _rules(rules: RuleNumbers) -> tuple[tuple[str, str], ...]:
    return tuple([(text(f"why.rule.{name}"), rule_text(rules, name)) for name in RuleNumbers._fields])


def _made_by(record: DecisionRecord) -> tuple[tuple[str, str], ...]:
    return (
        (text("why.strategy"), record.strategy_version),
        (text("why.config_hash"), record.config_hash or text("why.unknown")),
        (text("why.repeated"), f"{record.repeated:,}"),
    )
