"""What the messages of Binance's account stream mean: that something happened, and no more."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import orjson

from powertrader.exchanges.wire_values import plain

_OK: Final = 200
_HAPPENED: Final = frozenset({"executionReport", "outboundAccountPosition", "balanceUpdate", "listStatus"})
_ENDED: Final = frozenset({"eventStreamTerminated", "serverShutdown"})


class Told(StrEnum):
    """What a message says."""

    SUBSCRIBED = "subscribed"
    REFUSED = "refused"
    HAPPENED = "happened"
    ENDED = "ended"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class StreamMessage:
    """A message; code and words are those of a refusal."""

    told: Told
    code: int | None = None
    words: str = ""


_NOTHING: Final = StreamMessage(Told.NOTHING)


def subscription(number: int, parameters: object) -> bytes:
    """Give the request that subscribes a connection to an account's events, by its signed parameters."""
    method = "userDataStream.subscribe.signature"
    return orjson.dumps({"id": number, "method": method, "params": parameters})


def message_of(text: str | bytes) -> StreamMessage:
    """Give what a message says; one that makes no sense says nothing."""
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _NOTHING
    if not isinstance(content, dict):
        return _NOTHING
    event = content.get("event", content)
    name = event.get("e") if isinstance(event, dict) else None
    if isinstance(name, str):
        return _event(name)
    return _reply(content)


def _event(name: str) -> StreamMessage:
    if name in _HAPPENED:
        return StreamMessage(Told.HAPPENED)
    return StreamMessage(Told.ENDED) if name in _ENDED else _NOTHING


def _reply(content: dict[str, object]) -> StreamMessage:
    if content.get("status") == _OK:
        return StreamMessage(Told.SUBSCRIBED)
    error = content.get("error")
    if not isinstance(error, dict):
        return _NOTHING
    code = error.get("code")
    is_code = isinstance(code, int) and not isinstance(code, bool)
    return StreamMessage(Told.REFUSED, code if is_code else None, plain(error.get("msg")))
