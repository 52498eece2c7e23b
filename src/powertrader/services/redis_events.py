"""Events that workers on any computer told a Redis server, as they come."""

import logging
from collections.abc import Iterator
from typing import Final

from powertrader.core.back_off import pause_s
from powertrader.core.clock import Clock
from powertrader.core.event_notes import EventNote, note_of
from powertrader.core.exceptions import BadData
from powertrader.services.redis_line import (
    ANSWER_S,
    FIELD,
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    RedisAddress,
    connect,
)

MOST_AT_ONCE: Final = 1_000
_BEGINNING: Final = "0-0"
_MS_PER_S: Final = 1000
log = logging.getLogger(__name__)


class RedisEvents:
    """Reads a stream of events, and goes on where it was after a silence; no event comes twice.

    more: the last answer was full, so that the next one is there already. missed: events of a worker's run
    that never came.
    """

    def __init__(self, address: RedisAddress, wall: Clock) -> None:
        """Bind the server; nothing is asked of it yet. Raises ConfigError without the package redis."""
        self._address = address
        self._redis = connect(address)
        self._wall = wall
        self._last: str | bytes = _BEGINNING
        self._numbers: dict[str, int] = {}
        self._failures = 0
        self._problems: list[str] = []
        self.missed = 0
        self.more = False

    def read(self, wait_s: float) -> tuple[EventNote, ...]:
        """Give what is kept, at the next call what came since; at most 1,000, after at most wait_s.

        While the server does not answer there is nothing, which is told of once.
        """
        from redis.exceptions import RedisError  # noqa: PLC0415  as in connect

        block_ms = max(1, int(min(wait_s, ANSWER_S / 2) * _MS_PER_S))
        try:
            reply = self._redis.xread({self._address.stream: self._last}, MOST_AT_ONCE, block_ms)
        except (RedisError, OSError) as error:
            self._failed(error)
            self.more = False
            self._wall.sleep(min(wait_s, pause_s(self._failures, FIRST_PAUSE_S, LONGEST_PAUSE_S)))
            return ()
        if self._failures:
            log.warning("Redis answers again", extra={"server": self._address.url})
            self._failures = 0
        entries = [entry for _, told in reply for entry in told] if isinstance(reply, list) else []
        self.more = len(entries) >= MOST_AT_ONCE
        return tuple(self._notes(entries))

    def take_problems(self) -> tuple[str, ...]:
        """Give what could not be read since the last call, a sentence each."""
        taken, self._problems = tuple(self._problems), []
        return taken

    def close(self) -> None:
        """Close the connection."""
        self._redis.close()

    def _failed(self, error: Exception) -> None:
        self._failures += 1
        if self._failures == 1:
            reason = f"{type(error).__name__}: {error}"
            log.warning("Redis does not answer", extra={"server": self._address.url, "reason": reason})
        # a server that lost its stream may number a new one from before; what is known is left out
        self._last = _BEGINNING

    def _notes(self, entries: list[tuple[bytes, dict[bytes, bytes]]]) -> Iterator[EventNote]:
        for place, fields in entries:
            self._last = place
            try:
                note = note_of(fields.get(FIELD, b""))
            except BadData as error:
                self._problems.append(f"{self._address.stream}: {error}")
                continue
            if self._is_new(note):
                yield note

    def _is_new(self, note: EventNote) -> bool:
        before = self._numbers.get(note.sender.run)
        if before is not None:
            if note.number <= before:
                return False
            self.missed += note.number - before - 1
        self._numbers[note.sender.run] = note.number
        return True
