"""The real window, measured from inside: python -m tests.bench.hub_process HOME OUT.

Writes one JSON line to OUT when the first useful picture is there, and one for each line read from
standard input, a phase of measuring: its name and how many seconds it lasts. An empty line closes the window.
"""

import json
import sys
import threading
import time
from pathlib import Path
from typing import Final, TextIO

import psutil

from powertrader.cli.hub_view import HubRequest, run_window
from powertrader.cli.options import sources_from
from powertrader.hub.app import HubWindow
from powertrader.hub.latency import LatencyProbe

_LOOK_MS: Final = 5
_MEGABYTE: Final = 1e6


class Measuring:
    """Follows the window from its opening to its end."""

    def __init__(self, out: TextIO) -> None:
        """Write to out."""
        self._out = out
        self._process = psutil.Process()
        self._phases: list[tuple[str, float]] = []

    def opened(self, window: HubWindow) -> None:
        """Begin: the window is there, and empty."""
        self._window = window
        threading.Thread(target=self._read, daemon=True).start()
        self._wait_for_paint()
        self._next_phase()

    def _read(self) -> None:
        for line in sys.stdin:
            name, _, seconds = line.strip().partition(" ")
            self._phases.append((name, float(seconds or 0)))

    def _wait_for_paint(self) -> None:
        window = self._window
        if window.view is None or not window.scheduler.is_idle:
            window.root.after(_LOOK_MS, self._wait_for_paint)
            return
        window.root.update_idletasks()
        self._tell(phase="first paint", start_s=time.time() - self._process.create_time())

    def _next_phase(self) -> None:
        if not self._phases:
            self._window.root.after(_LOOK_MS * 10, self._next_phase)
            return
        name, seconds = self._phases.pop(0)
        if not name:
            self._window.close()
            return
        self._probe = LatencyProbe(self._window.root)
        self._probe.start()
        began = self._cpu_s(), time.perf_counter(), self._version
        self._window.root.after(round(seconds * 1000), self._end_phase, name, began)

    def _end_phase(self, name: str, began: tuple[float, float, int]) -> None:
        cpu_s, began_s, version = began
        latency = self._probe.read()
        self._probe.stop()
        self._tell(
            phase=name,
            p50_ms=latency.p50_ms if latency else None,
            p99_ms=latency.p99_ms if latency else None,
            worst_ms=latency.worst_ms if latency else None,
            cpu_pct=100 * (self._cpu_s() - cpu_s) / (time.perf_counter() - began_s),
            rss_mb=self._process.memory_info().rss / _MEGABYTE,
            views=self._version - version,
            reading_ms=1000 * self._window.view.reading_s if self._window.view else None,
        )
        self._next_phase()

    @property
    def _version(self) -> int:
        return self._window.view.version if self._window.view else 0

    def _cpu_s(self) -> float:
        times = self._process.cpu_times()
        return float(times.user + times.system)

    def _tell(self, **figures: object) -> None:
        self._out.write(json.dumps(figures) + "\n")
        self._out.flush()


if __name__ == "__main__":
    home = Path(sys.argv[1])
    with Path(sys.argv[2]).open("w", encoding="utf-8") as out:
        run_window(HubRequest(), sources_from(home), home, Measuring(out).opened)
