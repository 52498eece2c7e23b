"""Whatever is done with a table, it shows the rows of its model and nothing else."""

import random
import tkinter as tk
from collections.abc import Callable

from powertrader.hub.theme import Theme
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.table_model import Column, Row
from tests.unit.hub.driving import settle

COLUMNS = (Column("name", "Name"), Column("size", "Size"), Column("note", "Note", 200, "w"))
KEYS = (
    "<Up>",
    "<Down>",
    "<Prior>",
    "<Next>",
    "<Home>",
    "<End>",
    "<Shift-Down>",
    "<Control-a>",
    "<Return>",
    "<q>",
)
ACTIONS = 250


def test_any_sequence_of_changes_clicks_and_keys_leaves_table_and_model_alike(root: tk.Tk) -> None:
    Theme(root)
    chance = random.Random(5)
    cursors: list[str | None] = []
    table = KeyedTable(root, COLUMNS, TableOptions(on_select=cursors.append))
    table.pack(fill="both", expand=True)
    root.geometry("500x300")
    settle(root)
    table.tree.focus_force()

    def row() -> Row:
        number = chance.randrange(60)
        size = chance.choice([None, chance.uniform(-9, 9)])
        return Row(f"k{number}", (f"n{number}", f"{size}", "x" * chance.randrange(5)), (number, size, ""))

    def click() -> None:
        x, y = chance.randrange(500), chance.randrange(300)
        table.tree.event_generate("<Button-1>", x=x, y=y, state=chance.choice([0, 1, 4]))
        table.tree.event_generate("<ButtonRelease-1>", x=x, y=y)

    actions: list[Callable[[], object]] = [
        lambda: table.show([row() for _ in range(chance.randrange(80))]),
        lambda: table.put([row() for _ in range(5)]),
        lambda: table.drop([row().key for _ in range(5)]),
        lambda: table.filter(chance.choice(["", "", "n1", "xx", "nothing has this"])),
        lambda: table.sort(chance.choice(["", "size", "note"]), descending=chance.random() < 0.5),
        lambda: table.scroll_to(chance.randrange(-5, 90)),
        lambda: table.selection.select(chance.choice([None, row().key])),
        lambda: root.geometry(f"{chance.choice([200, 500])}x{chance.choice([60, 300])}"),
        lambda: table.tree.event_generate(chance.choice(KEYS)),
        click,
    ]
    for _ in range(ACTIONS):
        chance.choice(actions)()
        settle(root)
        _compare(table)
        assert table.selection.cursor is None or table.selection.cursor in table.model.rows
        assert table.selection.keys <= table.model.rows.keys()
        assert (cursors[-1] if cursors else None) == table.selection.cursor


def _compare(table: KeyedTable) -> None:
    """What is drawn, and what is drawn as selected, is what the model has at that place."""
    items = table.tree.get_children()
    keys = table.model.visible[table.top : table.top + table.capacity]
    rows = [table.model.rows[key] for key in keys]
    assert [tuple(map(str, table.tree.item(item, "values"))) for item in items] == [row.cells for row in rows]
    drawn = {keys[int(item)] for item in table.tree.selection()}
    assert drawn == table.selection.keys & set(keys)
