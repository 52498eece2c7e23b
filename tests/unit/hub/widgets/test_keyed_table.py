"""KeyedTable in a real window: what is drawn, clicked, typed and copied."""

import tkinter as tk
from collections.abc import Callable
from tkinter import font
from typing import Any

import pytest

from powertrader.hub.theme import Theme
from powertrader.hub.widgets.filter_bar import FilterBar
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.table_model import Column, Row, TableState
from tests.unit.hub.driving import settle

COLUMNS = (Column("coin", "Coin", 70), Column("gain", "Gain"), Column("note", "Note", 200, "w"))


def row(name: str, gain: float = 0.0, note: str = "") -> Row:
    return Row(name, (name, f"{gain:+.1f}", note), (name, gain, note))


def many(count: int) -> list[Row]:
    return [row(f"C{number:05}", number) for number in range(count)]


class Made:
    """A table in a window of 800 by 400, and what it told."""

    def __init__(self, root: tk.Tk, **options: Any) -> None:
        self.root = root
        self.selected: list[str | None] = []
        self.opened: list[str] = []
        self.states: list[TableState] = []
        plain: dict[str, Any] = {
            "empty": "no trades yet",
            "on_select": self.selected.append,
            "on_open": self.opened.append,
            "remember": self.states.append,
        }
        self.table = KeyedTable(root, COLUMNS, TableOptions(**{**plain, **options}))
        self.table.pack(fill="both", expand=True)
        root.geometry("800x400")
        settle(root)

    def show(self, rows: list[Row]) -> None:
        self.table.show(rows)
        settle(self.root)

    def cells(self) -> list[tuple[str, ...]]:
        tree = self.table.tree
        return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]

    def names(self) -> list[str]:
        return [cells[0] for cells in self.cells()]

    def press(self, key: str) -> None:
        self.table.tree.focus_force()
        self.table.tree.event_generate(key)
        settle(self.root)

    def click(self, name: str, state: int = 0, button: int = 1) -> None:
        box = self.table.tree.bbox(str(self.names().index(name)))
        assert box
        self.table.tree.event_generate(f"<Button-{button}>", x=box[0] + 5, y=int(box[1]) + 5, state=state)
        settle(self.root)

    def click_heading(self, column: str) -> None:
        tree = self.table.tree
        x = next(x for x in range(1, 800, 5) if self.table.column_at(x) == column) + 20
        tree.event_generate("<Button-1>", x=x, y=8)
        tree.event_generate("<ButtonRelease-1>", x=x, y=8)
        settle(self.root)


@pytest.fixture
def made(root: tk.Tk) -> Made:
    Theme(root)
    return Made(root)


def test_ten_thousand_rows_cost_no_more_items_than_can_be_seen(made: Made) -> None:
    made.show(many(10_000))
    seen = len(made.cells())
    assert 10 < seen < 40
    assert made.names()[0] == "C00000"
    made.press("<End>")
    assert made.names()[-1] == "C09999"
    assert len(made.cells()) == seen
    made.press("<Home>")
    assert made.names()[0] == "C00000"


def test_a_row_that_changes_is_drawn_anew_and_the_others_are_left_alone(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.show(many(8))
    drawn: list[str] = []
    real = made.table.tree.item

    def noted(item: str, *arguments: Any, **values: Any) -> Any:
        if values:
            drawn.append(item)
        return real(item, *arguments, **values)

    monkeypatch.setattr(made.table.tree, "item", noted)
    made.table.put([row("C00003", 99), row("C00004", 4)])
    settle(made.root)
    assert drawn == ["3"]
    assert made.cells()[3][1] == "+99.0"


def test_a_click_on_a_heading_sorts_up_then_down_then_not_and_says_so_in_text(made: Made) -> None:
    made.show([row("B", 2), row("A", 3), row("C", 1)])
    made.click_heading("gain")
    assert made.names() == ["C", "B", "A"]
    assert made.table.tree.heading("gain", "text") == "Gain ▲"
    made.click_heading("gain")
    assert made.names() == ["A", "B", "C"]
    assert made.table.tree.heading("gain", "text") == "Gain ▼"
    made.click_heading("gain")
    assert made.names() == ["B", "A", "C"]
    assert made.table.tree.heading("gain", "text") == "Gain"
    assert [state.sorted_by for state in made.states] == ["gain", "gain", ""]


def test_a_table_comes_back_as_its_user_left_it(root: tk.Tk) -> None:
    left = TableState("gain", descending=True, widths=(("coin", 300), ("gain", 100), ("gone", 7)))
    made = Made(root, state=left)
    made.show([row("B", 2), row("A", 3)])
    assert made.names() == ["A", "B"]
    tree = made.table.tree
    coin, gain, note = (int(tree.column(column.key, "width")) for column in COLUMNS)
    assert (coin // 10, gain // 10, note // 10) == (39, 13, 26)


def test_a_column_that_the_user_drags_keeps_its_share_of_the_window(made: Made) -> None:
    made.show([row("A", 1)])
    tree = made.table.tree
    edge = int(tree.column("coin", "width")) + 2
    tree.event_generate("<Button-1>", x=edge, y=8)
    tree.event_generate("<B1-Motion>", x=edge + 60, y=8)
    tree.event_generate("<ButtonRelease-1>", x=edge + 60, y=8)
    settle(made.root)
    dragged = int(tree.column("coin", "width"))
    assert dragged > edge + 30
    assert dict(made.states[-1].widths)["coin"] == edge + 58
    made.root.geometry("1200x400")
    settle(made.root)
    assert int(tree.column("coin", "width")) > dragged


def test_columns_scale_with_the_window_and_scroll_when_it_is_too_narrow(made: Made) -> None:
    tree = made.table.tree

    def widths() -> list[int]:
        return [int(tree.column(column.key, "width")) for column in COLUMNS]

    wide = widths()
    assert 790 <= sum(wide) <= 800
    made.root.geometry("400x300")
    settle(made.root)
    narrow = widths()
    assert 390 <= sum(narrow) <= 400
    assert all(60 <= width <= 420 for width in (*wide, *narrow))
    made.root.geometry("120x300")
    settle(made.root)
    assert widths() == [60, 60, 60]
    assert tree.xview()[1] < 1.0


def test_a_number_is_never_cut_and_a_sentence_may_be(root: tk.Tk) -> None:
    made = Made(root)
    made.show(
        [row("A", 10.0**30, "a sentence that is longer than its column, to be read beside the table " * 3)]
    )
    made.root.geometry("420x300")
    settle(made.root)
    tree = made.table.tree
    number = font.nametofont("TkDefaultFont", root=root).measure(made.cells()[0][1])
    assert int(tree.column("gain", "width")) >= number
    assert int(tree.column("note", "width")) <= 200


def test_a_heading_that_is_cut_is_shown_in_full_under_the_mouse(
    made: Made, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    words = "Trail Line (start 5/2.5%, gap 0.5%)"
    made.table.retitle({"gain": words})
    made.show([row("A", 1)])
    made.root.geometry("260x300")
    settle(made.root)
    tree = made.table.tree
    assert "…" in str(tree.heading("gain", "text"))
    at = int(tree.column("coin", "width")) + 20
    tree.event_generate("<Motion>", x=at, y=8)
    wait_until(lambda: made.table.tip.shown == words)
    tree.event_generate("<Motion>", x=10, y=8)
    assert made.table.tip.shown == ""


def test_who_explains_a_table_hears_of_every_click_and_key(made: Made) -> None:
    made.show([row("A"), row("B")])
    heard: list[str] = []
    for name in ("<ButtonPress>", "<KeyPress>"):
        made.table.tree.bind(name, lambda _, name=name: heard.append(name), add=True)
    made.click("B")
    made.press("<Down>")
    assert heard == ["<ButtonPress>", "<KeyPress>"]
    assert made.table.selection.ordered() == ("B",)


def test_the_keyboard_moves_and_extends_the_selection(made: Made) -> None:
    made.show(many(100))
    made.press("<Down>")
    made.press("<Down>")
    assert made.selected == ["C00000", "C00001"]
    made.press("<Shift-Down>")
    made.press("<Shift-Down>")
    assert made.table.selection.ordered() == ("C00001", "C00002", "C00003")
    made.press("<Up>")
    assert made.table.selection.ordered() == ("C00002",)
    made.press("<Next>")
    cursor = made.table.selection.cursor
    assert cursor is not None
    assert cursor > "C00012"
    assert cursor in made.names()
    made.press("<Return>")
    assert made.opened == [cursor]


def test_typing_a_name_finds_its_row(made: Made) -> None:
    made.show([row("BTC"), row("ETH"), row("ETC"), row("XRP")])
    for letter in "etc":
        made.press(f"<{letter}>")
    assert made.table.selection.cursor == "ETC"


def test_clicks_select_one_several_and_a_range(made: Made) -> None:
    made.show([row(name) for name in "ABCDE"])
    made.click("B")
    made.click("D", state=4)
    assert made.table.selection.ordered() == ("B", "D")
    made.click("E", state=1)
    assert made.table.selection.ordered() == ("D", "E")
    made.click("E", state=4)
    assert made.table.selection.ordered() == ("D",)
    assert list(made.table.tree.selection()) == ["3"]


def test_the_selection_follows_its_rows_when_they_move_or_leave(made: Made) -> None:
    made.show([row("A", 1), row("B", 2), row("C", 3)])
    made.click("A")
    made.table.sort("gain", descending=True)
    settle(made.root)
    assert list(made.table.tree.selection()) == ["2"]
    made.table.drop(["A"])
    settle(made.root)
    assert made.table.selection.cursor is None
    assert made.selected[-1] is None


def test_control_c_copies_the_selected_rows_as_cells(made: Made) -> None:
    made.show([row("A", 1, "two\nlines"), row("B", 2), row("C", 3)])
    made.press("<Control-a>")
    made.press("<Control-c>")
    assert made.root.clipboard_get() == "A\t+1.0\ttwo lines\nB\t+2.0\t\nC\t+3.0\t"
    made.click("B")
    assert made.table.selection.copy(headings=True) == 1
    assert made.root.clipboard_get() == "Coin\tGain\tNote\nB\t+2.0\t"


def test_a_right_click_selects_the_row_and_opens_its_menu(
    root: tk.Tk, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    done: list[str] = []
    sell = MenuItem("Sell", lambda: done.append("sell"), is_possible=False)
    show = MenuItem("Show", lambda: done.append("show"))
    made = Made(root, menu=lambda: (show, sell))
    made.show([row("A"), row("B")])
    menu = made.table.menu
    for by_key in (False, True):
        if by_key:
            made.press("<Shift-F10>")
        else:
            made.click("B", button=3)
        wait_until(lambda: bool(menu.menu.winfo_ismapped()))
        assert made.table.selection.ordered() == ("B",)
        labels = [menu.menu.entrycget(place, "label") for place in (0, 1, 3, 4)]
        assert labels == ["Show", "Sell", "Copy", "Copy with headings"]
        assert menu.menu.entrycget(1, "state") == "disabled"
        menu.menu.invoke(0)
        menu.menu.unpost()
        wait_until(lambda: not menu.menu.winfo_ismapped())
    assert done == ["show", "show"]


def test_the_menu_key_brings_a_row_back_that_was_scrolled_away(
    made: Made, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    made.show(many(100))
    made.press("<Shift-F10>")
    made.click("C00001")
    made.table.scroll_to(50)
    made.press("<Shift-F10>")
    assert "C00001" in made.names()
    menu = made.table.menu.menu
    wait_until(lambda: bool(menu.winfo_ismapped()))
    menu.unpost()


def test_a_menu_copies_with_headings_and_knows_only_what_it_shows(made: Made) -> None:
    made.show([row("A", 1)])
    menu = made.table.menu
    with pytest.raises(KeyError):
        menu.choose("Copy")
    made.click("A")
    menu.choose("Copy with headings")
    assert made.root.clipboard_get().startswith("Coin\t")
    with pytest.raises(KeyError):
        menu.choose("Buy")


def test_an_empty_table_says_why(made: Made) -> None:
    bar = FilterBar(made.root)
    bar.follow(made.table)
    made.show([])
    assert hint(made.table) == "no trades yet"
    made.show([row("BTC"), row("ETH")])
    assert hint(made.table) == ""
    bar.set("doge")
    settle(made.root)
    assert "doge" in hint(made.table)


def test_the_filter_says_how_many_rows_it_leaves(
    made: Made, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    bar = FilterBar(made.root)
    bar.pack()
    bar.follow(made.table)
    made.show(many(1000))
    assert bar.count.cget("text") == "1,000 rows"
    bar.entry.insert(0, "c0001")
    wait_until(lambda: bar.count.cget("text") == "10 of 1,000 shown")
    assert made.names() == [f"C{number:05}" for number in range(10, 20)]
    bar.entry.focus_force()
    bar.entry.event_generate("<Down>")
    settle(made.root)
    assert made.table.selection.cursor == "C00010"
    bar.entry.focus_force()
    bar.entry.event_generate("<Escape>")
    settle(made.root)
    assert bar.count.cget("text") == "1,000 rows"


def test_the_wheel_scrolls_the_rows_and_not_beyond_them(made: Made) -> None:
    made.show(many(100))
    for _ in range(2):
        made.table.tree.event_generate("<Button-5>", x=20, y=60)
    settle(made.root)
    assert made.names()[0] == "C00006"
    made.table.tree.event_generate("<MouseWheel>", x=20, y=60, delta=1200)
    settle(made.root)
    assert made.names()[0] == "C00000"


def hint(table: KeyedTable) -> str:
    """What an empty table says; nothing when it does not."""
    return str(table._hint.cget("text")) if table._hint.winfo_manager() else ""
