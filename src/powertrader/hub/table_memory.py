"""How tables were left by their user, among what the window remembers."""

from collections.abc import Callable
from functools import partial

from powertrader.hub.preferences import Preferences
from powertrader.hub.widgets.table_model import TableState


def remembered(preferences: Preferences, table: str) -> TableState:
    """Give how a table was left, as it is made when nothing is remembered."""
    widths = [one.partition("=") for one in preferences.words(f"table.{table}.widths").split()]
    return TableState(
        preferences.words(f"table.{table}.sorted_by"),
        preferences.switch(f"table.{table}.descending"),
        tuple([(column, int(px)) for column, _, px in widths if px.isdecimal() and 0 < int(px) < _WIDEST]),
    )


def remember_in(preferences: Preferences, table: str) -> Callable[[TableState], None]:
    """Give what remembers how a table was left."""
    return partial(_remember, preferences, table)


def _remember(preferences: Preferences, table: str, state: TableState) -> None:
    preferences.put(f"table.{table}.sorted_by", state.sorted_by)
    preferences.put(f"table.{table}.descending", state.descending)
    preferences.put(f"table.{table}.widths", " ".join(f"{column}={px}" for column, px in state.widths))


_WIDEST = 10_000
