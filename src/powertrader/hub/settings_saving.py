"""Saving settings beside the Tk thread, and what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from powertrader.core.config_draft import Value
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_file import Clash, SettingsClash, begin_anew, save_changes
from powertrader.hub.view import SettingsView


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is called afterwards, on the Tk thread: it was written, the file had been changed, or why not."""

    saved: Callable[[], None]
    clashed: Callable[[tuple[Clash, ...]], None]
    failed: Callable[[str], None]


def settings_path(context: PanelContext) -> Path:
    """Give the file that the window writes."""
    return context.ports.sources.gui_settings or context.ports.paths.gui_settings


def save_settings(
    context: PanelContext,
    changes: Mapping[str, Value],
    base: SettingsView,
    outcome: Outcome,
    *,
    force: bool = False,
) -> None:
    """Write changes that were made from some settings; force also over what somebody changed meanwhile."""
    path = settings_path(context)

    def failed(error: PowerTraderError) -> None:
        if isinstance(error, SettingsClash):
            outcome.clashed(error.clashes)
        else:
            outcome.failed(str(error))

    context.background.ask_in_turn(
        lambda: save_changes(path, changes, base, force=force), lambda _: outcome.saved(), failed
    )


def write_anew(
    context: PanelContext, base: SettingsView, done: Callable[[str], None], failed: Callable[[str], None]
) -> None:
    """Put a file that cannot be used aside and write the settings in force; done gets the old one's name."""
    path = settings_path(context)
    context.background.ask_in_turn(
        lambda: begin_anew(path, base).name, done, lambda error: failed(str(error))
    )
