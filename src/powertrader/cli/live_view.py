"""A picture of the workers that is renewed on a terminal; lines with what is new everywhere else."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from powertrader.cli.standing_view import (
    account_lines,
    coin_table,
    finding_lines,
    process_table,
    standing_text,
)
from powertrader.core.findings import findings_of
from powertrader.core.logging_setup import SteadyConsoleHandler
from powertrader.models.snapshot import ProcessState, Snapshot

STANDING_EVERY_S: Final = 60.0
"""How often a line says how things stand where there is no picture."""
_LOG_LINES: Final = 4
_HEAD_LINES: Final = 8
"""Lines of a terminal that show no process, coin, account or log: headings, room between, the cursor."""


class RecentLines(StringIO):
    """Keeps the last lines that are written to it, for a picture that leaves no room for others."""

    def __init__(self, most: int) -> None:
        """Start empty."""
        super().__init__()
        self.lines: deque[str] = deque(maxlen=most)

    def write(self, text: str) -> int:
        """Take some text."""
        self.lines.extend(line for line in text.splitlines() if line.strip())
        return len(text)


class LiveView:
    """Shows snapshots as they come: one picture on a terminal, lines with what is new elsewhere."""

    def __init__(self, console: Console, redact: Callable[[str], str]) -> None:
        """Bind where it is shown."""
        self._console = console
        self._redact = redact
        self._recent = RecentLines(_LOG_LINES)
        self._live: Live | None = None
        self._states: dict[str, ProcessState] = {}
        self._standing = ""
        self._told_at: float | None = None

    @contextmanager
    def shown(self) -> Iterator[None]:
        """Show a picture until the block ends, where there is a terminal; the log is part of it."""
        if not self._console.is_terminal:
            yield
            return
        with live_picture(self._console, self._recent) as self._live:
            yield
        self._live = None

    def show(self, snapshot: Snapshot) -> None:
        """Show how things stand."""
        if self._live is None:
            self._tell(snapshot)
        else:
            size = self._console.size
            self._live.update(self.picture(snapshot, size.width, size.height), refresh=True)

    def picture(self, snapshot: Snapshot, width: int, height: int) -> Group:
        """Give the picture for a terminal of a size: as many coins as fit, at least one line of them.

        What needs a look comes before them, the most urgent first, as far as a third of the room goes.
        """
        log = [Text(line, style="dim") for line in self._recent.lines]
        room = max(2, height - _HEAD_LINES - len(snapshot.processes) - len(log))
        look = self._look(snapshot, width, room // 3)
        room -= len(look)
        account = list(account_lines(snapshot))[: room - 1]
        for line in (*account, *log):
            line.no_wrap, line.overflow = True, "ellipsis"
        coins = coin_table(snapshot, room - len(account), width)
        return Group(process_table(snapshot), *look, "", *account, "", coins, "", *log)

    def _look(self, snapshot: Snapshot, width: int, most: int) -> list[Text]:
        """Say what needs a look in at most so many lines, the last one cut off where that is too little."""
        texts = finding_lines(findings_of(snapshot))
        lines = [line for text in texts for line in text.wrap(self._console, width)]
        if len(lines) > most > 0:
            lines[most - 1].append(" …")
            lines[most - 1].truncate(width, overflow="ellipsis")
        return lines[:most]

    def _tell(self, snapshot: Snapshot) -> None:
        """Print what is new as lines: processes at once, how things stand now and then."""
        for view in snapshot.processes:
            if self._states.get(view.process) is not view.state:
                self._say(f"{view.process}: {view.state}")
            self._states[view.process] = view.state
        now_s = snapshot.at.timestamp()
        since_s = STANDING_EVERY_S if self._told_at is None else now_s - self._told_at
        # a clock that was set back must not silence anybody
        if 0 <= since_s < STANDING_EVERY_S or snapshot.trader is None:
            return
        self._told_at = now_s
        for line in account_lines(snapshot):
            self._say(line.plain)
        trains = snapshot.process("trainer").pid is not None
        standing = standing_text(snapshot.coins, trains=trains)
        if standing != self._standing:
            self._say(f"coins: {standing}")
        self._standing = standing

    def _say(self, text: str) -> None:
        self._console.print(self._redact(text), markup=False, soft_wrap=True)


@contextmanager
def live_picture(console: Console, lines: RecentLines) -> Iterator[Live]:
    """Give a picture on a terminal until the block ends; what is logged meanwhile goes into lines."""
    with (
        log_into(lines),
        Live(console=console, auto_refresh=False, redirect_stderr=False, redirect_stdout=False) as live,
    ):
        yield live


@contextmanager
def log_into(lines: RecentLines) -> Iterator[None]:
    """Let what is logged for people go into the picture instead of over it."""
    handlers = [one for one in logging.getLogger().handlers if isinstance(one, SteadyConsoleHandler)]
    before = [handler.setStream(lines) for handler in handlers]
    try:
        yield
    finally:
        for handler, stream in zip(handlers, before, strict=True):
            if stream is not None:
                handler.setStream(stream)
