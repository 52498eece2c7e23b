"""What the commands print: one JSON object on standard output, everything for people on stderr."""

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def people() -> "Console":
    """Give the console for people: standard error, so that pipes get nothing but JSON."""
    from rich.console import Console  # noqa: PLC0415  `powertrader --help` must not pay for rich

    return Console(stderr=True, highlight=False)


def emit_json(content: Mapping[str, object]) -> None:
    """Print the one JSON object a script reads."""
    sys.stdout.write(json.dumps(content, indent=2, default=str) + "\n")


def progress_bar(console: "Console", unit: str) -> "Progress":
    """Make a progress bar with the rate in units per second and the time left."""
    from rich import progress  # noqa: PLC0415  `powertrader --help` must not pay for rich

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TextColumn(f"{{task.fields[rate]}} {unit}/s"),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
    )
