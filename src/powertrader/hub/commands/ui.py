"""Commands of the window itself: going to screens, help, and leaving."""

from collections.abc import Callable
from dataclasses import dataclass

from powertrader.hub.commands.registry import Commands


@dataclass(frozen=True, slots=True)
class WindowActions:
    """What the window can do: show a screen, explain what has the focus, find, close dialogs and leave."""

    show: Callable[..., None]
    explain_focus: Callable[[], None]
    find: Callable[[], None]
    guide: Callable[[], None]
    close: Callable[[], None]


def register_ui(commands: Commands, window: WindowActions) -> None:
    """Register what belongs to the window."""

    def show(*, screen: str, **argument: object) -> None:
        window.show(screen, **argument)

    commands.register("ui.show", show)
    commands.register("ui.help", window.explain_focus)
    commands.register("ui.find", window.find)
    commands.register("ui.guide", window.guide)
    commands.register("ui.exit", window.close)
