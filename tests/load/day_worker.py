"""A process of a load test: its command, its memory and CPU along the way, and what it logged."""

import json
import re
import signal
import statistics
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

END_S: Final = 60
MIB: Final = 2**20
_ENTRY: Final = re.compile(r"\S+ \S+ \[(?P<level>[A-Z]+)\] [^:]+: (?P<text>[^(:]*[^(: ])")
_ALARMING: Final = ("[ERROR]", "[CRITICAL]", "Traceback", "was lost:", "Exception ignored", "Warning: ")
_EDGE: Final = 0.15
"""Memory is compared between the first and the last of so large shares of the looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a process has at a time: resident bytes, and seconds of CPU so far."""

    at_s: float
    rss: int
    cpu_s: float


@dataclass(slots=True)
class Worker:
    """A running command and what was seen of it."""

    name: str
    process: "subprocess.Popen[str]"
    out: Path
    looks: list[Look] = field(default_factory=list)

    def look(self) -> None:
        """Note memory and CPU. Raises AssertionError when the process has ended."""
        assert self.process.poll() is None, f"{self.name} ended: {self.said()[-2000:]}"
        with (seen := psutil.Process(self.process.pid)).oneshot():
            times = seen.cpu_times()
            look = Look(time.monotonic(), seen.memory_info().rss, times.user + times.system)
        self.looks.append(look)

    def end(self) -> dict[str, Any]:
        """Stop it as `kill` does and give the object that it prints at its end."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(END_S) == 0, self.said()[-2000:]
        told: dict[str, Any] = json.loads(self.out.read_text(encoding="utf-8"))
        return told

    def said(self) -> str:
        """Give what it wrote to standard error."""
        return self.out.with_suffix(".err").read_text(encoding="utf-8")

    def logged(self) -> "Counter[str]":
        """Give how often each message was logged, as level and the words before what belongs to one case."""
        entries = filter(None, map(_ENTRY.match, self.said().splitlines()))
        return Counter(f"{entry['level']} {entry['text']}" for entry in entries)

    def errors(self) -> list[str]:
        """Give what nobody should have to read: errors, tracebacks, lost log lines."""
        return [line for line in self.said().splitlines() if any(one in line for one in _ALARMING)]

    def figures(self) -> str:
        """Give CPU and memory as text."""
        return (
            f"{self.cpu_pct:.1f} % of a core, {self.rss_mib:.0f} MiB resident, "
            f"{self.growth_pct:+.2f} % since the warm-up"
        )

    @property
    def cpu_pct(self) -> float:
        """CPU between the first and the last look, in percent of one core."""
        first, last = self.looks[0], self.looks[-1]
        return (last.cpu_s - first.cpu_s) / (last.at_s - first.at_s) * 100

    @property
    def growth_pct(self) -> float:
        """How much more memory the last looks saw than the first ones, in percent."""
        edge = max(1, int(len(self.looks) * _EDGE))
        first = statistics.median(look.rss for look in self.looks[:edge])
        last = statistics.median(look.rss for look in self.looks[-edge:])
        return (last / first - 1) * 100

    @property
    def rss_mib(self) -> float:
        """Resident memory at the last look."""
        return self.looks[-1].rss / MIB


@contextmanager
def worker(name: str, command: Sequence[str], home: Path, environment: dict[str, str]) -> Iterator[Worker]:
    """Run a command of ours for as long as the block runs; what it writes goes to files in its home."""
    out = home / f"{name}.json"
    with (
        out.open("w", encoding="utf-8") as said,
        out.with_suffix(".err").open("w", encoding="utf-8") as errors,
        subprocess.Popen(command, stdout=said, stderr=errors, text=True, env=environment) as process,
    ):
        try:
            yield Worker(name, process, out)
        finally:
            if process.poll() is None:
                process.kill()
