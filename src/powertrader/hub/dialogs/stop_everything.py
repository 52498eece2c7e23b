"""The question before everything is stopped: what ends, and what does not."""

import tkinter as tk
from collections.abc import Callable

from powertrader.hub.closing import Closing
from powertrader.hub.text import text
from powertrader.hub.widgets.dialog import Answer, Dialog, ask


def ask_stop_everything(parent: tk.Misc, found: Closing, stop: Callable[[], None]) -> Dialog:
    """Ask once, with what stays as it is; stop is called for a yes."""
    parts = [text("stop_everything.what")]
    if found.held:
        key = "stop_everything.held_live" if found.live else "stop_everything.held"
        parts.append(text(key, count=f"{found.held:,}"))
    parts.append(text("stop_everything.nothing_lost"))
    answers = (
        Answer(text("stop_everything.yes"), stop, "Stop.TButton"),
        Answer(text("stop_everything.no")),
    )
    return ask(parent, text("stop_everything.title"), "\n\n".join(parts), answers)
