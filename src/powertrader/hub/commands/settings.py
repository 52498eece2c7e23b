"""The command that opens the original's settings dialog."""

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from powertrader.hub.access import AskKeys, ask_key_status
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import HubView

if TYPE_CHECKING:
    from powertrader.hub.dialogs.settings import SettingsDialog


def register_settings(
    context: PanelContext,
    parent: tk.Misc,
    view: Callable[[], HubView | None],
    key_status: AskKeys = ask_key_status,
) -> Sequence["SettingsDialog"]:
    """Let `settings.open` open the dialog for the newest view, or bring it to the front.

    key_status tells, in the background, which keys are there. Gives where the dialog is found once it was
    opened.
    """
    opened: list[SettingsDialog] = []

    def show(**_arguments: object) -> None:
        from powertrader.hub.dialogs.settings import SettingsDialog  # noqa: PLC0415  few starts need it

        newest = view()
        if opened and opened[-1].is_open:
            opened[-1].dialog.raise_()
        elif newest is None:
            context.say(text("settings.loading"), "news")
        else:
            opened[:] = [SettingsDialog(parent, context, newest, key_status)]
            opened[-1].open()

    context.commands.register("settings.open", show)
    return opened
