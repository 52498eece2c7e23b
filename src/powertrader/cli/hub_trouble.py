"""Tells in a window of its own why the real one cannot open, to users who see no terminal."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.paths import find_home
from powertrader.hub.trouble import show_trouble
from powertrader.hub.window_root import NoScreen, make_root


@contextmanager
def told_in_a_window(home: Path | None) -> Iterator[None]:
    """Show what the block raises of ours, then raise it; in a terminal that is told there anyway."""
    try:
        yield
    except NoScreen:
        raise
    except PowerTraderError as error:
        if sys.stderr is None or not sys.stderr.isatty():
            show_trouble(make_root(), str(error), lambda: _open(home))
        raise


def _open(home: Path | None) -> None:
    typer.launch(str(find_home(home)))
