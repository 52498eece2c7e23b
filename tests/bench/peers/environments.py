"""Each peer in an environment of its own below .bench/, which git ignores; installed when first needed."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, TypedDict

ROOT: Final = Path(__file__).resolve().parents[3]
PEERS: Final = Path(__file__).resolve().parent
VERSIONS: Final = {
    "vectorbt": "1.2.0",
    "backtesting": "0.6.6",
    "nautilus_trader": "1.221.0",  # the last for Python 3.11
    "freqtrade": "2026.9",
}


class NotInstalled(Exception):
    """A peer is not here and cannot be fetched: compare with what was recorded of it."""


class Measured(TypedDict):
    """What a program told of itself."""

    seconds: float
    trades: int
    peak_mb: float


def peer(name: str, *arguments: str) -> Measured:
    """Run a peer's program in its environment.

    Raises NotInstalled when that environment cannot be made; a program that fails is no such case.
    """
    return _told([str(_python_of(name)), str(PEERS / f"{name}_peer.py"), *arguments], {})


def ours(module: str) -> Measured:
    """Run a program of ours in a process of its own."""
    return _told([sys.executable, "-m", module], {"PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"})


def _told(command: list[str], extra: dict[str, str]) -> Measured:
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", **extra}
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, cwd=ROOT, env=environment)
    found: Measured = json.loads(done.stdout.splitlines()[-1])
    return found


def _python_of(name: str) -> Path:
    home = ROOT / ".bench" / name
    python = home / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    ready = home / f"ready_{VERSIONS[name]}"
    if not ready.exists():
        uv = [sys.executable, "-m", "uv"]
        wanted = f"{name}=={VERSIONS[name]}"
        try:
            subprocess.run([*uv, "venv", "--quiet", "--clear", str(home)], check=True)
            subprocess.run([*uv, "pip", "install", "--quiet", "--python", str(python), wanted], check=True)
        except subprocess.CalledProcessError as error:
            msg = f"{wanted} could not be installed in {home}: uv ended with {error.returncode}"
            raise NotInstalled(msg) from error
        ready.touch()
    return python
