"""What the local exchange answers, before it becomes bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import orjson

JSON: Final = "application/json;charset=UTF-8"
HTML: Final = "text/html"


class ApiError(Exception):
    """A request that the venue refuses, with its code, text and HTTP status."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        """Say why the request is refused."""
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status, body and headers."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    media: str = JSON


def json_reply(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Give an answer in JSON."""
    return Reply(status, orjson.dumps(content), headers or {})


def error_reply(error: ApiError, headers: Mapping[str, str] | None = None) -> Reply:
    """Give a refusal as Binance words it."""
    return json_reply({"code": error.code, "msg": error.message}, error.status, headers)


def page_reply(status: int) -> Reply:
    """Give a page for people, as a proxy in front of a venue sends one when it has trouble."""
    text = f"<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>"
    return Reply(status, text.encode(), media=HTML)
