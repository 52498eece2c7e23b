"""Requests and replies as ASGI messages and as bytes."""

from http import HTTPStatus
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from powertrader.simexchange.endpoints import Request
from powertrader.simexchange.replies import Reply

LARGEST_BODY: Final = 1 << 20
"""No request of a client is larger, in bytes; what comes beyond is not read."""

_API_KEY: Final = b"x-mbx-apikey"


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Give a request with its whole body."""
    method: str = scope["method"]
    body = b"" if method == "GET" else await _body(receive)
    api_key = next((value for name, value in scope["headers"] if name == _API_KEY), b"")
    query: bytes = scope["query_string"]
    return Request(
        method,
        scope["path"],
        query.decode("latin-1"),
        body.decode("utf-8", errors="replace"),
        api_key.decode("latin-1"),
    )


async def send_reply(send: Send, reply: Reply) -> None:
    """Send a reply in full."""
    await send(
        {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.encode(), value.encode()) for name, value in _headers(reply)],
        }
    )
    await send({"type": "http.response.body", "body": reply.body})


async def wait_for_disconnect(receive: Receive) -> None:
    """Return once the connection is gone, so that the server does not try to answer on it."""
    while (await receive())["type"] != "http.disconnect":
        pass


def raw_reply(reply: Reply, kept: int) -> bytes:
    """Give the bytes of a reply whose body breaks off after so many bytes, though it promises all of them."""
    lines = [f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}"]
    lines += [f"{name}: {value}" for name, value in _headers(reply)]
    return "\r\n".join((*lines, "", "")).encode() + reply.body[:kept]


def _headers(reply: Reply) -> list[tuple[str, str]]:
    return [
        ("content-type", reply.media),
        ("content-length", str(len(reply.body))),
        *reply.headers.items(),
    ]


async def _body(receive: Receive) -> bytes:
    pieces: list[bytes] = []
    length = 0
    more = True
    while more and length <= LARGEST_BODY:
        message: dict[str, Any] | Any = await receive()  # as ASGI gives it
        pieces.append(message.get("body", b""))
        length += len(pieces[-1])
        more = message.get("more_body", False)
    return b"".join(pieces)
