"""Commands by name: what a button, a menu item and a key have in common."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

Handler: TypeAlias = Callable[..., None]
"""Does what a command says, on the Tk thread, without blocking it."""


class Commands:
    """Knows one handler for each name."""

    def __init__(self) -> None:
        """Know none yet."""
        self._handlers: dict[str, Handler] = {}
        self._enabled: dict[str, Callable[[], bool]] = {}

    @property
    def names(self) -> frozenset[str]:
        """The names of all commands."""
        return frozenset(self._handlers)

    def register(self, name: str, handler: Handler, *, enabled: Callable[[], bool] | None = None) -> None:
        """Let a name stand for a handler; enabled tells whether it can be done now.

        Raises ValueError when the name has a handler already.
        """
        if name in self._handlers:
            msg = f"command {name} has a handler already"
            raise ValueError(msg)
        self._handlers[name] = handler
        if enabled is not None:
            self._enabled[name] = enabled

    def register_all(self, handlers: Mapping[str, Handler]) -> None:
        """Register several."""
        for name, handler in handlers.items():
            self.register(name, handler)

    def is_enabled(self, name: str) -> bool:
        """Tell whether a command can be done now. Raises KeyError for an unknown name."""
        _ = self._handlers[name]
        return self._enabled.get(name, _always)()

    def run(self, name: str, /, **arguments: object) -> None:
        """Do what a command says, unless it is not possible now. Raises KeyError for an unknown name."""
        handler = self._handlers[name]
        if self.is_enabled(name):
            handler(**arguments)


def _always() -> bool:
    return True
