"""Commands to type next, as they are shown to a person."""

import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from powertrader.core.paths import find_home


def typed(words: Sequence[str]) -> str:
    """Give a command as a person types it here: what holds a space is quoted."""
    return subprocess.list2cmdline(words) if sys.platform == "win32" else shlex.join(words)


def home_words(root: Path) -> list[str]:
    """Give the words that a command needs to find this home again; none when it does without."""
    return [] if root == find_home(None) else ["--home", str(root)]
