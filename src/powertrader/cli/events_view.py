"""What a person or a script sees of events: a line for each."""

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.credentials import SystemKeyring
from powertrader.core.event_journal import JournalReader
from powertrader.core.event_notes import EventNote, line_of
from powertrader.core.event_words import words_of
from powertrader.core.exceptions import ConfigError
from powertrader.core.folder_watch import FolderWatch
from powertrader.core.loop import Alarm, stopped_by_signals
from powertrader.core.redis_credentials import redis_password
from powertrader.services.redis_events import RedisEvents
from powertrader.services.redis_line import RedisAddress

LOOK_AGAIN_S: Final = 1.0
"""The longest pause between two looks, also when nothing was told of a change."""
_PROCESS_WIDTH: Final = 10


@dataclass(frozen=True, slots=True)
class EventsRequest:
    """What was asked for: last events of the past, of one process or all, from the journals or Redis."""

    follow: bool
    last: int
    process: str | None
    redis: bool
    as_json: bool


@dataclass(frozen=True, slots=True)
class _Source:
    """Where events come from: what is kept, then what is new after at most a moment.

    problems gives what could not be read since it was asked last.
    """

    kept: Callable[[], tuple[EventNote, ...]]
    new: Callable[[], tuple[EventNote, ...]]
    problems: Callable[[], tuple[str, ...]]
    where: str


def show_events(request: EventsRequest, sources: ConfigSources, home: Path | None) -> int:
    """Show what is kept, then, if wanted, what comes, until Ctrl-C; give the exit code."""
    alarm = Alarm()
    with (
        command_session("events", home, sources) as session,
        stopped_by_signals(alarm),
        ExitStack() as stack,
    ):
        source = _redis(session, stack) if request.redis else _journals(session, request, alarm, stack)
        told = _Teller(request, source)
        past = deque(_wanted(source.kept(), request), maxlen=request.last)
        told.past(past)
        while request.follow and not alarm.stopped:
            told.new(_wanted(source.new(), request))
    return exit_codes.OK


def _journals(session: CommandSession, request: EventsRequest, alarm: Alarm, stack: ExitStack) -> _Source:
    folder = session.paths.logs
    reader = JournalReader(folder)
    if request.follow:
        stack.enter_context(FolderWatch([folder], lambda _: alarm.wake()))

    def new() -> tuple[EventNote, ...]:
        alarm.wait(LOOK_AGAIN_S)
        return reader.read_new()

    return _Source(reader.read_all, new, reader.take_problems, str(folder))


def _redis(session: CommandSession, stack: ExitStack) -> _Source:
    settings = session.config.bus
    if not settings.redis_url:
        msg = "bus.redis_url is empty: name the server with --set bus.redis_url=redis://HOST:6379/0"
        raise ConfigError(msg)
    password = redis_password(os.environ, SystemKeyring(), session.redactor)
    address = RedisAddress(settings.redis_url, settings.redis_stream, password)
    reader = stack.enter_context(closing(RedisEvents(address, SystemClock())))

    def kept() -> tuple[EventNote, ...]:
        found = [*reader.read(LOOK_AGAIN_S)]
        while reader.more:
            found.extend(reader.read(LOOK_AGAIN_S))
        return tuple(found)

    return _Source(
        kept, lambda: reader.read(LOOK_AGAIN_S), reader.take_problems, f"{address.url} {address.stream}"
    )


def _wanted(notes: Iterable[EventNote], request: EventsRequest) -> Iterator[EventNote]:
    return (note for note in notes if request.process in (None, note.sender.process))


class _Teller:
    """Prints events, and a problem that stays only once."""

    def __init__(self, request: EventsRequest, source: _Source) -> None:
        self._request = request
        self._source = source
        self._console: Console = people()
        self._told: tuple[str, ...] = ()

    def past(self, notes: Iterable[EventNote]) -> None:
        kept = tuple(notes)
        if self._request.as_json and not self._request.follow:
            emit_json({"events": [_json(note) for note in kept], "problems": self._source.problems()})
            return
        if not kept and not self._request.as_json:
            self._console.print(f"No events yet in {self._source.where}.", markup=False, soft_wrap=True)
        self.new(kept)

    def new(self, notes: Iterable[EventNote]) -> None:
        for note in notes:
            if self._request.as_json:
                sys.stdout.write(line_of(note).decode("utf-8"))
                sys.stdout.flush()
            else:
                self._console.print(self._line(note), markup=False, soft_wrap=True)
        before, self._told = self._told, self._source.problems()
        for problem in self._told:
            if problem not in before:
                self._console.print(problem, style="yellow", markup=False, soft_wrap=True)

    def _line(self, note: EventNote) -> str:
        sender = note.sender
        name = f"{sender.host} {sender.process}" if self._request.redis else sender.process
        return f"{note.at:%Y-%m-%d %H:%M:%S} {name:<{_PROCESS_WIDTH}} {words_of(note.event)}"


def _json(note: EventNote) -> object:
    return json.loads(line_of(note))
