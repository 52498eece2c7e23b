"""A screen for tests: an Xvfb of its own for each test process, so that no window meets another's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

SIZE = "1920x1080x24"

PATIENCE_S = 30.0


def xdotool(*arguments: str, display: str = "") -> str:
    """Let a hand do something with mouse and keys on a screen, else that of DISPLAY; give what it says."""
    program = shutil.which("xdotool")
    if program is None:
        msg = "xdotool is missing; `python3 scripts/bootstrap.py setup --dev` installs it"
        raise RuntimeError(msg)
    command = [program, *arguments]
    around = {**os.environ, "DISPLAY": display} if display else dict(os.environ)
    found = subprocess.run(
        command, capture_output=True, text=True, check=True, timeout=PATIENCE_S, env=around
    )
    return found.stdout


@contextmanager
def screen(size: str = SIZE) -> Iterator[str]:
    """Give the name of a screen of our own until the block ends; not on Linux, the desktop's."""
    if not sys.platform.startswith("linux"):
        yield ""
        return
    program = shutil.which("Xvfb")
    if program is None:
        msg = "Xvfb is missing; `python3 scripts/bootstrap.py setup --dev` installs it"
        raise RuntimeError(msg)
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-dpi", "96"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as stream:
            number = stream.readline().strip()
        if not number:
            msg = "Xvfb ended before it had a screen"
            raise RuntimeError(msg)
        yield f":{number}"
    finally:
        server.terminate()
        server.wait(10)
