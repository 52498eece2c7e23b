"""Tells a Redis server what happens here, from a thread of its own that nobody waits for."""

import logging
import threading
from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from powertrader.core.back_off import pause_s
from powertrader.models.observers import RelayStatus
from powertrader.services.redis_line import FIELD, FIRST_PAUSE_S, LONGEST_PAUSE_S, RedisAddress, connect

if TYPE_CHECKING:
    from redis import Redis

LONGEST_STREAM: Final = 20_000
"""About so many events stay on the server."""
LARGEST_BATCH: Final = 500
CLOSING_S: Final = 2.0
"""How long the end may take to send what waits."""
log = logging.getLogger(__name__)


class RedisBus:
    """Sends lines to a stream while it is open.

    Nobody ever waits for the server: what it does not take yet is kept, at most most_waiting lines, then
    the oldest go and are counted. After a silence everything kept is sent; a line whose answer was lost is
    sent twice, and readers leave the second out. A server that does not answer is told of once.
    """

    def __init__(self, address: RedisAddress, most_waiting: int) -> None:
        """Bind the server; nothing is asked of it yet. Raises ConfigError without the package redis."""
        self._address = address
        self._redis = connect(address)
        self._most = most_waiting
        self._changed = threading.Condition()
        self._lines: deque[bytes] = deque()
        self._closing = False
        self._connected = False
        self._sent = self._dropped = self._failures = 0
        self._problem = ""
        # a server that hangs must not keep the program from ending
        self._thread = threading.Thread(target=self._run, name="redis", daemon=True)

    def __enter__(self) -> Self:
        """Begin to send."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Send what waits, for a moment, and end."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._thread.join(CLOSING_S)

    def offer(self, line: bytes) -> None:
        """Take a line to be sent; returns at once and never raises."""
        with self._changed:
            if len(self._lines) >= self._most:
                self._lines.popleft()
                self._dropped += 1
            self._lines.append(line)
            self._changed.notify_all()

    def status(self) -> RelayStatus:
        """Give how the line is."""
        with self._changed:
            return RelayStatus(
                self._address.url,
                self._connected,
                self._sent,
                len(self._lines),
                self._dropped,
                self._problem,
            )

    def _run(self) -> None:
        from redis.exceptions import RedisError  # noqa: PLC0415  as in connect

        # first nothing: whoever asks then knows whether the server answers
        batch: list[bytes] = []
        while True:
            try:
                self._send(self._redis, batch)
            except (RedisError, OSError) as error:
                self._failed(batch, error)
            else:
                self._succeeded(len(batch))
            batch = self._next_batch()
            if not batch:
                break
        self._redis.close()

    def _send(self, redis: "Redis", batch: list[bytes]) -> None:
        if not batch:
            redis.ping()
            return
        with redis.pipeline(transaction=False) as pipeline:
            for line in batch:
                pipeline.xadd(self._address.stream, {FIELD: line}, maxlen=LONGEST_STREAM, approximate=True)
            pipeline.execute()

    def _next_batch(self) -> list[bytes]:
        """Wait for lines and take some of them; none when it is time to end."""
        with self._changed:
            while not self._lines and not self._closing:
                self._changed.wait()
            return [self._lines.popleft() for _ in range(min(LARGEST_BATCH, len(self._lines)))]

    def _succeeded(self, sent: int) -> None:
        with self._changed:
            told = self._problem
            self._connected, self._problem, self._failures = True, "", 0
            self._sent += sent
        if told:
            log.warning("Redis takes events again", extra={"server": self._address.url})

    def _failed(self, batch: list[bytes], error: Exception) -> None:
        problem = f"{type(error).__name__}: {error}"
        with self._changed:
            first = not self._problem
            self._connected, self._problem = False, problem
            self._failures += 1
            room = max(0, self._most - len(self._lines))
            kept = batch[len(batch) - room :] if room < len(batch) else batch
            self._dropped += len(batch) - len(kept)
            self._lines.extendleft(reversed(kept))
            pause = pause_s(self._failures, FIRST_PAUSE_S, LONGEST_PAUSE_S)
        if first:
            log.warning(
                "Redis does not take events, work goes on without it",
                extra={"server": self._address.url, "reason": problem},
            )
        with self._changed:
            self._changed.wait_for(lambda: self._closing, pause)
            if self._closing:
                # nobody waits for an absent server
                self._dropped += len(self._lines)
                self._lines.clear()
