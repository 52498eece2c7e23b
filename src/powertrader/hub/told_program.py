"""A program that tells how far it is while it works, and that ends in order when it is asked to."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import IO, Final

from powertrader.core.progress_lines import VARIABLE, Progress, read_line
from powertrader.hub.ports import HubPorts
from powertrader.hub.programs import Program

LONGEST_S: Final = 24 * 3600.0
_MOST_KEPT: Final = 200
"""So many of the newest lines are kept: the last one is why it failed."""


class ToldProgram(Program):
    """One run of a command that may take long; told is called from another thread."""

    def __init__(self, ports: HubPorts, told: Callable[[Progress], None], *words: str) -> None:
        """Start nothing yet; words are the command and its arguments."""
        command, *arguments = words
        super().__init__(ports, command, *arguments, longest_s=LONGEST_S)
        self._told = told

    def ask_to_end(self) -> None:
        """Ask it to end as Ctrl-C does: what is done is kept. Where that cannot be, it is ended now."""
        with self._lock:
            process = self._process
            if process is None or os.name != "posix":
                process = None
            elif process.poll() is None:
                process.send_signal(signal.SIGINT)
        if process is None:
            self.stop()

    def _environment(self) -> Mapping[str, str]:
        return {**os.environ, VARIABLE: "1"}

    def _talk(self, process: "subprocess.Popen[bytes]", given: bytes) -> tuple[bytes, bytes]:
        stream, process.stderr = process.stderr, None
        kept: list[bytes] = []
        reader = threading.Thread(target=self._listen, args=(stream, kept), name="hub-program", daemon=True)
        reader.start()
        out, _ = process.communicate(given, self._longest_s)
        reader.join()
        return out, b"".join(kept)

    def _listen(self, stream: IO[bytes] | None, kept: list[bytes]) -> None:
        if stream is None:
            return
        with stream:
            for line in stream:
                progress = read_line(line.decode("utf-8", "replace").strip())
                if progress is not None:
                    self._told(progress)
                    continue
                kept.append(line)
                del kept[:-_MOST_KEPT]
