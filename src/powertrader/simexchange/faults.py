"""What goes wrong on purpose: rules that say on which request, how often, and what then happens."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from powertrader.core.exceptions import ConfigError


class Fault(StrEnum):
    """What can happen to a request."""

    LOSE_REPLY = "lose_reply"
    REFUSE = "refuse"
    DELAY = "delay_s"
    STATUS = "status"
    ERROR = "error"
    NON_JSON = "non_json"
    TRUNCATE = "truncate"
    CLOCK_SKEW = "clock_skew_ms"
    PARTIAL_THEN_EXPIRED = "partial_then_expired"
    DUST = "dust"
    CUT_STREAMS = "cut_streams"


WITHOUT_VALUE: Final = frozenset({Fault.LOSE_REPLY, Fault.REFUSE, Fault.CUT_STREAMS})
AFTER_ACCEPTANCE: Final = frozenset({Fault.LOSE_REPLY, Fault.TRUNCATE, Fault.DELAY})
"""These always happen to a request that was carried out; status, error and non_json only if the rule says."""

_BOUNDS: Final[Mapping[Fault, tuple[float, float, str]]] = {
    Fault.DELAY: (0.0, 600.0, "seconds from 0 to 600"),
    Fault.STATUS: (400, 599, "an HTTP status from 400 to 599"),
    Fault.ERROR: (-9999, -1, "one of Binance's codes, such as -1021"),
    Fault.NON_JSON: (200, 599, "the HTTP status of the page, from 200 to 599"),
    Fault.TRUNCATE: (0, 10_000, "how many bytes of the reply still arrive, from 0 to 10000"),
    Fault.CLOCK_SKEW: (-86_400_000, 86_400_000, "milliseconds within a day"),
    Fault.PARTIAL_THEN_EXPIRED: (0.0, 0.999, "the share that is filled, from 0 to 0.999"),
    Fault.DUST: (0.0, 1.0, "coins that appear in the account, from 0 to 1"),
}
_WHOLE: Final = frozenset({Fault.STATUS, Fault.ERROR, Fault.NON_JSON, Fault.TRUNCATE, Fault.CLOCK_SKEW})
_KEYS: Final = ("on", "symbol", "nth", "every", "probability", "times", "then", "accepted", "retry_after_s")
_HOW_OFTEN: Final = ("nth", "every", "probability")
ANYTHING: Final = "*"


@dataclass(frozen=True, slots=True)
class FaultRule:
    """One rule.

    on: METHOD and path such as "POST /api/v3/order", a path, or * for every request. symbol: only
    requests for this pair, empty for any. Of the requests that match, the nth (from 1), every so
    many, or each with a probability; times is how often at most, None without end. value belongs to
    the fault. accepted: the request is carried out although its reply is spoilt. retry_after_s is
    the header of a status, 0 for none.
    """

    fault: Fault
    value: float = 0.0
    on: str = ANYTHING
    symbol: str = ""
    nth: int | None = None
    every: int = 1
    probability: float = 1.0
    times: int | None = None
    accepted: bool = False
    retry_after_s: int = 0

    @property
    def after_acceptance(self) -> bool:
        """Tell whether the request is carried out before its reply is spoilt."""
        return self.accepted or self.fault in AFTER_ACCEPTANCE

    def meant(self, method: str, path: str, symbol: str) -> bool:
        """Tell whether a request is one that the rule is about, however often it strikes."""
        return self.on in {ANYTHING, path, f"{method} {path}"} and self.symbol in {"", symbol}


@dataclass(slots=True)
class _Standing:
    """A rule in force, what it has seen, and its own chance."""

    number: int
    rule: FaultRule
    chance: random.Random
    seen: int = 0
    struck: int = 0

    def strikes(self) -> bool:
        """Count one request that is meant and tell whether it is struck."""
        rule = self.rule
        self.seen += 1
        drawn = self.chance.random()
        due = self.seen == rule.nth if rule.nth is not None else self.seen % rule.every == 0
        if not due or drawn >= rule.probability or (rule.times is not None and self.struck >= rule.times):
            return False
        self.struck += 1
        return True


@dataclass(frozen=True, slots=True)
class RuleReport:
    """A rule in force: its number, and how many requests it was about and has struck."""

    number: int
    rule: FaultRule
    seen: int
    struck: int


@dataclass(slots=True)
class FaultBook:
    """The rules in force. Chance is drawn per rule from the seed, so that a run can be repeated."""

    seed: int = 0
    _standing: list[_Standing] = field(default_factory=list)
    _next: int = 1

    def add(self, rules: Sequence[FaultRule]) -> tuple[int, ...]:
        """Put rules in force and give their numbers."""
        first = self._next
        for number, rule in enumerate(rules, first):
            chance = random.Random(f"{self.seed}/{number}")  # noqa: S311  faults that repeat with the seed
            self._standing.append(_Standing(number, rule, chance))
        self._next += len(rules)
        return tuple(range(first, self._next))

    def remove(self, number: int) -> bool:
        """Take one rule out of force; False when there is no such rule."""
        kept = [standing for standing in self._standing if standing.number != number]
        found = len(kept) < len(self._standing)
        self._standing = kept
        return found

    def clear(self) -> None:
        """Take every rule out of force."""
        self._standing = []

    def reports(self) -> tuple[RuleReport, ...]:
        """Give the rules in force, oldest first."""
        return tuple(RuleReport(one.number, one.rule, one.seen, one.struck) for one in self._standing)

    def strike(self, method: str, path: str, symbol: str) -> tuple[FaultRule, ...]:
        """Give the rules that strike a request, oldest first; every rule counts what it is about."""
        if not self._standing:
            return ()
        return tuple(
            one.rule for one in self._standing if one.rule.meant(method, path, symbol) and one.strikes()
        )


def rules_of(content: object, origin: str) -> tuple[int, tuple[FaultRule, ...]]:
    """Give seed and rules of a document with the keys seed and rules, such as a YAML file holds.

    Raises ConfigError naming origin, the number of the rule, key, value and what was expected.
    """
    if content is None:
        return 0, ()
    if not isinstance(content, Mapping) or not set(content) <= {"seed", "rules"}:
        msg = f"{origin}: must hold the keys seed and rules, found {str(content)[:80]!r}"
        raise ConfigError(msg)
    seed = content.get("seed", 0)
    if not isinstance(seed, int) or isinstance(seed, bool):
        msg = f"{origin}: seed was {seed!r}, must be a whole number"
        raise ConfigError(msg)
    rules = content.get("rules") or ()
    if not isinstance(rules, list | tuple):
        msg = f"{origin}: rules was {str(rules)[:80]!r}, must be a list"
        raise ConfigError(msg)
    return seed, tuple(rule_of(one, f"{origin}: rule {number}") for number, one in enumerate(rules, 1))


def rule_of(content: object, origin: str) -> FaultRule:
    """Give the rule that a mapping describes. Raises ConfigError naming origin, key, value, expected."""
    if not isinstance(content, Mapping):
        msg = f"{origin}: must have keys such as on and then, found {str(content)[:80]!r}"
        raise ConfigError(msg)
    # YAML 1.1 takes a bare `on` for the truth value
    reader = _Reader({"on" if key is True else key: value for key, value in content.items()}, origin)
    reader.check_keys()
    fault, value = reader.fault()
    return FaultRule(
        fault=fault,
        value=value,
        on=reader.target(),
        symbol=reader.text("symbol", "").upper(),
        nth=reader.whole("nth", None, 1),
        every=reader.whole("every", 1, 1) or 1,
        probability=reader.number("probability", 1.0, 0.0, 1.0),
        times=reader.whole("times", None, 1),
        accepted=reader.switch("accepted"),
        retry_after_s=reader.whole("retry_after_s", 0, 0) or 0,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Takes typed values out of a mapping somebody wrote."""

    content: Mapping[object, object]
    origin: str

    def check_keys(self) -> None:
        unknown = [key for key in self.content if key not in _KEYS]
        if unknown:
            raise self._wrong(self.content[unknown[0]], str(unknown[0]), f"one of {', '.join(_KEYS)}")
        several = [key for key in _HOW_OFTEN if key in self.content]
        if len(several) > 1:
            raise self._wrong(self.content[several[1]], several[1], f"left out beside {several[0]}")

    def fault(self) -> tuple[Fault, float]:
        """Read `then`: the name of a fault, or a mapping of one name to its value."""
        then = self.content.get("then")
        name, value = (
            next(iter(then.items())) if isinstance(then, Mapping) and len(then) == 1 else (then, None)
        )
        try:
            fault = Fault(str(name))
        except ValueError as error:
            raise self._wrong(then, "then", f"one of {', '.join(Fault)}") from error
        if fault in WITHOUT_VALUE:
            if value is not None:
                raise self._wrong(value, f"then.{fault}", "no value")
            return fault, 0.0
        low, high, expected = _BOUNDS[fault]
        kinds = (int,) if fault in _WHOLE else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or not low <= value <= high:
            raise self._wrong(value, f"then.{fault}", expected)
        return fault, float(value)

    def target(self) -> str:
        """Read `on`: *, a path, or METHOD and path."""
        on = self.text("on", ANYTHING)
        method, _, path = on.rpartition(" ")
        if on != ANYTHING and (not path.startswith("/") or method not in {"", "GET", "POST", "DELETE", "WS"}):
            raise self._wrong(on, "on", 'a path such as /api/v3/order, "POST /api/v3/order", or *')
        return on

    def text(self, key: str, default: str) -> str:
        value = self.content.get(key, default)
        if not isinstance(value, str):
            raise self._wrong(value, key, "text")
        return value

    def whole(self, key: str, default: int | None, low: int) -> int | None:
        value = self.content.get(key, default)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or value < low:
            raise self._wrong(value, key, f"a whole number from {low} on")
        return value

    def number(self, key: str, default: float, low: float, high: float) -> float:
        value = self.content.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise self._wrong(value, key, f"a number from {low:g} to {high:g}")
        return float(value)

    def switch(self, key: str) -> bool:
        value = self.content.get(key, False)
        if not isinstance(value, bool):
            raise self._wrong(value, key, "true or false")
        return value

    def _wrong(self, value: object, key: str, expected: str) -> ConfigError:
        return ConfigError(f"{self.origin}: {key} was {str(value)[:80]!r}, must be {expected}")
