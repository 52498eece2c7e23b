"""The parameters of a Binance request: read once from query and body, checked as the venue checks them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import unquote_plus

from powertrader.models.moment import utc_of
from powertrader.simexchange.replies import ApiError

_DECIMAL: Final = r"^([0-9]{1,20})(\.[0-9]{1,20})?$"
_WHOLE: Final = r"^[0-9]{1,20}$"
_CLIENT_ID: Final = r"^[a-zA-Z0-9-_]{1,36}$"
_PATTERNS: Final[Mapping[str, str]] = {
    "symbol": r"^[A-Z0-9-_.]{1,20}$",
    **dict.fromkeys(
        (
            "quantity",
            "quoteOrderQty",
            "price",
            "stopPrice",
            "icebergQty",
            "abovePrice",
            "aboveStopPrice",
            "belowPrice",
            "belowStopPrice",
            "stopLimitPrice",
        ),
        _DECIMAL,
    ),
    **dict.fromkeys(
        (
            "orderId",
            "orderListId",
            "timestamp",
            "recvWindow",
            "limit",
            "startTime",
            "endTime",
            "fromId",
            "strategyId",
            "strategyType",
            "trailingDelta",
        ),
        _WHOLE,
    ),
    **dict.fromkeys(
        (
            "newClientOrderId",
            "origClientOrderId",
            "listClientOrderId",
            "aboveClientOrderId",
            "belowClientOrderId",
            "cancelNewClientOrderId",
        ),
        _CLIENT_ID,
    ),
}
_COMPILED: Final[Mapping[str, re.Pattern[str]]] = {name: re.compile(text) for name, text in _PATTERNS.items()}
_LARGEST_WHOLE: Final = 2**63 - 1
SIGNING: Final = frozenset({"timestamp", "recvWindow", "signature"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a request was given, by name, every value text that has the characters it may have."""

    values: Mapping[str, str]

    def text(self, name: str, default: str = "") -> str:
        """Give a parameter, default when it was not sent."""
        return self.values.get(name, default)

    def whole(self, name: str) -> int | None:
        """Give a whole number, None when it was not sent. Raises ApiError when no venue counts that far."""
        value = self.values.get(name)
        number = None if value is None else int(value)
        if number is not None and number > _LARGEST_WHOLE:
            raise _invalid(name)
        return number

    def moment(self, name: str) -> datetime | None:
        """Give the time of a parameter in milliseconds since 1970, None when it was not sent."""
        number = self.whole(name)
        try:
            return None if number is None else utc_of(number / 1000)
        except OverflowError as error:
            raise _invalid(name) from error

    def limit(self, default: int, most: int) -> int:
        """Give how many rows are wanted, at most most of them."""
        value = self.whole("limit")
        if value is not None and value < 1:
            name = "limit"
            raise _invalid(name)
        return min(value or default, most)


def pairs_of(query: str, body: str) -> tuple[tuple[str, str], ...]:
    """Give the names and decoded values of a query and a form body, in their order."""
    pieces = [piece for text in (query, body) if text for piece in text.split("&") if piece]
    return tuple(_decoded(piece) for piece in pieces)


def checked(
    pairs: tuple[tuple[str, str], ...], required: frozenset[str], optional: frozenset[str]
) -> Parameters:
    """Give the parameters when they are what an endpoint takes. Raises ApiError with Binance's codes."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ApiError(-1101, "Duplicate values for a parameter detected.")
    unknown = values.keys() - required - optional
    if unknown and not required | optional:
        raise ApiError(-1101, f"Too many parameters; expected '0' and received '{len(values)}'.")
    for name in required:
        if not values.get(name):
            text = f"Mandatory parameter '{name}' was not sent, was empty/null, or malformed."
            raise ApiError(-1102, text)
    for name, value in values.items():
        _check(name, value)
    if unknown:
        read = len(values) - len(unknown)
        text = f"Not all sent parameters were read; read '{read}' parameter(s) but was sent '{len(values)}'."
        raise ApiError(-1104, text)
    return Parameters(values)


def _invalid(name: str) -> ApiError:
    return ApiError(-1130, f"Data sent for parameter '{name}' is not valid.")


def _check(name: str, value: str) -> None:
    if not value:
        raise ApiError(-1105, f"Parameter '{name}' was empty.")
    pattern = _COMPILED.get(name)
    if pattern is not None and not pattern.match(value):
        raise ApiError(
            -1100, f"Illegal characters found in parameter '{name}'; legal range is '{pattern.pattern}'."
        )


def _decoded(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    if "%" in value or "+" in value:
        value = unquote_plus(value)
    return name, value
