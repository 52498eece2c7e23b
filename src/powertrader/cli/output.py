"""What the commands print: one JSON object on standard output, everything for people on stderr."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from powertrader.core.progress_lines import VARIABLE as PROGRESS_LINES

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from rich.table import Table


def people() -> "Console":
    """Give the console for people: standard error, so that pipes get nothing but JSON."""
    from rich.console import Console  # noqa: PLC0415  `powertrader --help` must not pay for rich

    return Console(stderr=True, highlight=False)


def emit_json(content: Mapping[str, object]) -> None:
    """Print the one JSON object a script reads."""
    sys.stdout.write(json.dumps(content, indent=2, default=str) + "\n")


def tell_made_up(console: "Console", seed: int) -> None:
    """Say that no real market is looked at."""
    console.print(f"The market is made up (seed {seed}): it shows how this works, not what it earns.")


def plain_table(title: str, left: Sequence[str], right: Sequence[str] = ()) -> "Table":
    """Make a narrow table; columns of left come first, those of right align right.

    Without any name there is no head.
    """
    from rich import box, table  # noqa: PLC0415  `powertrader --help` must not pay for rich

    made = table.Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    made.show_header = any((*left, *right))
    for name in left:
        made.add_column(name)
    for name in right:
        made.add_column(name, justify="right")
    return made


def progress_bar(console: "Console", unit: str) -> "Progress":
    """Make a progress bar with the rate in units per second and the time left; lines for another program."""
    from rich import progress  # noqa: PLC0415  `powertrader --help` must not pay for rich

    if os.environ.get(PROGRESS_LINES) == "1":
        from powertrader.cli.told_progress import ToldProgress  # noqa: PLC0415  as above

        return ToldProgress(console=console, disable=True)
    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TextColumn(f"{{task.fields[rate]}} {unit}/s"),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
    )
