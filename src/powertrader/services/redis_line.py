"""A connection to a Redis server for both ends of the line: those who tell and those who listen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from powertrader.core.credentials import Secret
from powertrader.core.exceptions import ConfigError

if TYPE_CHECKING:
    from redis import Redis

ANSWER_S: Final = 5.0
"""How long the server may take for a connection or an answer."""
FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
FIELD: Final = b"event"
"""The one field of an entry of the stream; it holds a line as core.event_notes writes it."""


@dataclass(frozen=True, slots=True)
class RedisAddress:
    """A server without its password, the password, and the stream of events on it."""

    url: str
    stream: str
    password: Secret | None = None


def connect(address: RedisAddress) -> "Redis":
    """Give a connection that is opened when it is first used.

    Raises ConfigError when the package for Redis is not installed.
    """
    try:
        from redis import Redis  # noqa: PLC0415  only where Redis is used, and not always installed
        from redis.backoff import NoBackoff  # noqa: PLC0415  as above
        from redis.retry import Retry  # noqa: PLC0415  as above
    except ImportError as error:
        msg = (
            f"bus.redis_url is {address.url!r}, which needs the package redis: install it with "
            "`.venv/bin/pip install redis`, or leave bus.redis_url empty"
        )
        raise ConfigError(msg) from error
    password = None if address.password is None else address.password.reveal()
    return Redis.from_url(
        address.url,
        password=password,
        socket_timeout=ANSWER_S,
        socket_connect_timeout=ANSWER_S,
        # pauses are ours: the library would hide that the server is silent
        retry=Retry(NoBackoff(), 0),
    )
