"""What a settings field carries beside its type, and the checks that several fields share."""

import json
from collections import Counter
from dataclasses import dataclass

from powertrader.core.exceptions import ConfigError
from powertrader.core.symbols import coin_symbol


@dataclass(frozen=True, slots=True)
class Key:
    """What a user is told about one setting.

    unit: what the value counts, or what kind of value it is. short_name: how the original calls it, or a
    name without its section. expected: what a value must be, where type and bounds do not say it.
    restart: a running process does not take a change of it.
    """

    unit: str
    sentence: str
    short_name: str = ""
    expected: str = ""
    restart: bool = False


def no_bool(value: object) -> object:
    """Let anything through but true and false, which are no numbers. Raises ValueError for these."""
    if isinstance(value, bool):
        msg = "true and false are no numbers"
        raise ValueError(msg)  # noqa: TRY004  pydantic turns ValueError alone into a finding
    return value


def plain_zero(number: float) -> float:
    """Give the number, with minus zero as zero, so that both have one hash."""
    return number + 0.0


def listed(value: object) -> object:
    """Turn text such as "BTC, ETH" or "[1, 2]" into a list; anything else stays."""
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("["):
        try:
            return json.loads(value)
        except RecursionError as error:
            msg = "too deeply nested"
            raise ValueError(msg) from error
    return [part for part in (piece.strip() for piece in value.split(",")) if part]


def coin_symbols(coins: tuple[str, ...]) -> tuple[str, ...]:
    """Give coins trimmed and in capitals. Raises ValueError for one that is no symbol or comes twice."""
    symbols = tuple(map(symbol, coins))
    twice = [name for name, times in Counter(symbols).items() if times > 1]
    if twice:
        msg = f"{twice[0]} comes twice"
        raise ValueError(msg)
    return symbols


def symbol(text: str) -> str:
    """Give one symbol trimmed and in capitals. Raises ValueError when it cannot be one."""
    try:
        return coin_symbol(text)
    except ConfigError as error:
        raise ValueError(str(error)) from error  # the finding that pydantic understands
