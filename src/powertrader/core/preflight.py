"""What a pre-flight tells: a state for each thing that a start needs, and what the account can pay."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.core.exceptions import BadData
from powertrader.core.record_codec import decode, encode
from powertrader.models.types import CoinSymbol

OTHER_KEYS: Final = "other_keys"
"""The check that stands for keys which were not replaced, because nobody said so."""
_OK: Final = "ok"


class CheckState(StrEnum):
    """How a check ended."""

    OK = "ok"
    WARNING = "warning"
    """A start is possible; something will not be as wanted."""
    FAILED = "failed"
    """A start would not work, or not be safe."""
    SKIPPED = "skipped"
    """It could not be found out, or does not matter here."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: its name, what was found with numbers, and what to do about it."""

    name: str
    state: CheckState
    found: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Means:
    """What an account can pay by the settings, in the quote asset.

    value is all that the trader counts, free what can be spent. entry is the first buy of a coin, whole
    that buy with every further one, stages how many further ones there are: paid_one of them can be paid
    for one coin, paid_all for each of the coins at once. smallest is the least order of each coin.
    """

    quote_asset: str
    free: float
    value: float
    entry: float
    whole: float
    coins: int
    stages: int
    paid_one: int
    paid_all: int
    smallest: tuple[tuple[CoinSymbol, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Preflight:
    """Everything that was looked at, in the order in which a person wants to know it.

    account is empty while it is not known. stored says what became of keys that were handed over, nothing
    when none were to be stored.
    """

    mode: str
    venue: str
    account: str
    checks: tuple[Check, ...]
    means: Means | None = None
    stored: str = ""

    @property
    def failed(self) -> tuple[Check, ...]:
        """What keeps a start from working or from being safe."""
        return tuple([one for one in self.checks if one.state is CheckState.FAILED])

    def state_of(self, name: str) -> CheckState | None:
        """Give how a check ended, None when it was not made."""
        return next((one.state for one in self.checks if one.name == name), None)


def preflight_json(report: Preflight) -> dict[str, object]:
    """Give a report as the JSON object that the command prints; ok tells that nothing failed."""
    return {_OK: not report.failed, **encode(report)}


def preflight_of(content: object) -> Preflight:
    """Give back the report of a JSON object. Raises BadData when it is none."""
    if not isinstance(content, Mapping):
        msg = f"a pre-flight was {type(content).__name__}, must be an object"
        raise BadData(msg)
    return decode(Preflight, {name: value for name, value in content.items() if name != _OK})
