"""The screen Journal: every trade, notes that are never lost, what the profit came from, and files."""

import csv
import json
import tkinter as tk
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from powertrader.core.exceptions import StorageError
from powertrader.core.journal_notes import JournalNotes, Note
from powertrader.core.storage import FileStore
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.journal import Journal
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.view import HubView
from tests.unit.analytics.ledgers import Trader
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.ledger_views import Growing, ledger_view, told
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import snapshot

pytestmark = pytest.mark.money
Wait = Callable[..., None]


class MoodyStore(FileStore):
    """A disk that can be full."""

    is_full = False

    def write_bytes(self, path: Path, content: bytes, *, durable: bool = False) -> None:
        """Refuse while it is full."""
        if self.is_full:
            msg = f"{path.name} cannot be written: no space left"
            raise StorageError(msg)
        super().write_bytes(path, content, durable=durable)


class Stage:
    """The screen in a window, and what a user does with it."""

    def __init__(self, root: tk.Tk, context: PanelContext, wait: Wait) -> None:
        self.root, self.context, self.wait = root, context, wait
        self.panel = Journal(context)
        self.frame = self.panel.build(root)
        self.frame.pack(fill="both", expand=True)
        self.editor = self.panel.editor
        self.settle()

    def settle(self) -> None:
        self.wait(lambda: not self.context.background.waiting)
        self.context.background.deliver()
        settle(self.root)

    def show(self, view: HubView) -> None:
        draw(self.panel, view)
        self.settle()

    def rows(self) -> list[str]:
        """Give side and coin of the rows, from top to bottom."""
        model = self.panel.table.model
        return [" ".join(model.rows[key].cells[1:3]) for key in model.visible]

    def choose(self, place: int) -> str:
        """Choose a row by its place and give its order."""
        key = self.panel.table.model.visible[place]
        self.panel.table.selection.select(key)
        return key

    def write(self, words: str, tags: str = "") -> None:
        """Type a note, as a user would, without waiting for it to be written."""
        self.editor.words.insert("end", words)
        self.editor.tags.insert("end", tags)
        self.root.update()

    def stored(self) -> dict[str, Note]:
        """Give the notes as a later program finds them."""
        return dict(JournalNotes(self.context.ports.paths.journal_notes, FileStore()).read())

    def says(self) -> str:
        return str(self.editor.status.cget("text"))


@pytest.fixture
def make_stage(
    root: tk.Tk, hub_context: Callable[..., PanelContext], wait_until: Wait
) -> Callable[..., Stage]:
    return lambda **parts: Stage(root, hub_context(**parts), wait_until)


@pytest.fixture
def stage(make_stage: Callable[..., Stage]) -> Stage:
    return make_stage()


def traded() -> Trader:
    """BTC bought, averaged down and sold with a gain; ETH bought."""
    trader = Trader("1000")
    trader.buy("BTC", "1", "100")
    trader.buy("BTC", "1", "80", reason="dca_hard_1")
    trader.sell("BTC", "2", "95")
    trader.buy("ETH", "1", "20")
    return trader


@pytest.fixture
def view() -> HubView:
    return ledger_view(traded().events, told())


def test_trades_are_shown_with_the_newest_first(stage: Stage, view: HubView) -> None:
    stage.show(view)
    assert stage.rows() == ["ETH Buy", "BTC Sell", "BTC Buy", "BTC Buy"]


def test_a_new_trade_comes_on_top_and_the_chosen_one_stays_chosen(stage: Stage) -> None:
    trader = traded()
    ledger = Growing(trader.events)
    made = snapshot((), trader=told())
    stage.show(hub_view(made=made, trades=ledger.view()))
    chosen = stage.choose(1)
    stored = len(trader.events)
    trader.sell("ETH", "1", "22")
    ledger.grow(trader.events[stored:])
    stage.show(hub_view(made=made, trades=ledger.view()))
    assert stage.rows()[:2] == ["ETH Sell", "ETH Buy"]
    assert stage.panel.table.selection.cursor == chosen


def test_another_account_has_other_trades(stage: Stage, view: HubView) -> None:
    stage.show(view)
    other = Trader("10")
    other.buy("XRP", "1", "1")
    stage.show(replace(view, trades=replace(ledger_view(other.events, told()).trades, generation=99)))
    assert stage.rows() == ["XRP Buy"]


def test_choices_show_some_trades_only_and_are_taken_back(stage: Stage, view: HubView) -> None:
    stage.show(view)
    choices = stage.panel.filters.choices
    choices["coin"].combo.current(choices["coin"].combo.cget("values").index("BTC"))
    choices["coin"].combo.event_generate("<<ComboboxSelected>>")
    assert stage.rows() == ["BTC Sell", "BTC Buy", "BTC Buy"]
    choices["kind"].choose("dca")
    choices["kind"].combo.event_generate("<<ComboboxSelected>>")
    assert stage.rows() == ["BTC Buy"]
    stage.panel.filters.clear.invoke()
    assert len(stage.rows()) == 4
    choices["span"].choose("day")
    choices["span"].combo.event_generate("<<ComboboxSelected>>")
    # the market is two weeks later
    assert stage.rows() == []
    stage.settle()


def test_another_screen_shows_the_trades_of_one_coin(stage: Stage, view: HubView) -> None:
    stage.show(view)
    stage.panel.filter.set("Sell")
    stage.panel.select(coin="ETH")
    stage.settle()
    assert stage.rows() == ["ETH Buy"]
    stage.panel.select(coin="DOGE")
    assert stage.rows() == []
    stage.settle()


def test_a_note_is_on_the_disk_soon_after_it_was_typed(stage: Stage, view: HubView) -> None:
    stage.show(view)
    order = stage.choose(1)
    stage.write("sold too early", "mistake, #news")
    stage.wait(lambda: stage.says() == "Saved.")
    assert stage.stored() == {order: Note("sold too early", ("mistake", "news"))}
    row = stage.panel.table.model.rows[order]
    assert row.cells[-2:] == ("mistake, news", "sold too early")
    assert stage.panel.filters.choices["tag"].offered == ("mistake", "news")
    stage.panel.filters.choose(tag="news")
    assert stage.rows() == ["BTC Sell"]
    stage.settle()


def test_going_to_another_trade_writes_at_once_and_coming_back_shows_it(stage: Stage, view: HubView) -> None:
    stage.show(view)
    order = stage.choose(0)
    stage.write("first")
    other = stage.choose(2)
    stage.write("second")
    assert stage.choose(0) == order
    stage.settle()
    assert stage.editor.typed() == "first"
    assert stage.stored() == {order: Note("first"), other: Note("second")}


def test_notes_come_back_after_a_restart(
    stage: Stage, view: HubView, make_stage: Callable[..., Stage]
) -> None:
    stage.show(view)
    order = stage.choose(0)
    stage.write("kept", "x")
    # closed within the pause after the last key
    stage.frame.destroy()
    again = make_stage()
    again.show(view)
    again.choose(0)
    assert (again.editor.typed(), again.editor.tags.get()) == ("kept", "x")
    assert again.panel.table.model.rows[order].cells[-1] == "kept"


def test_an_emptied_note_is_forgotten(stage: Stage, view: HubView) -> None:
    stage.show(view)
    stage.choose(0)
    stage.write("never mind")
    stage.editor.store()
    stage.settle()
    assert len(stage.stored()) == 1
    stage.editor.words.delete("1.0", "end")
    stage.editor.store()
    stage.settle()
    assert stage.stored() == {}


def test_a_note_that_cannot_be_written_is_kept_told_of_and_written_later(
    make_stage: Callable[..., Stage], hub_ports: HubPorts, said: Said, view: HubView
) -> None:
    store = MoodyStore()
    stage = make_stage(ports=replace(hub_ports, store=store))
    stage.show(view)
    order = stage.choose(0)
    store.is_full = True
    stage.write("important")
    stage.choose(1)
    stage.wait(lambda: "no space left" in stage.says())
    stage.settle()
    assert stage.editor.again.winfo_ismapped()
    assert said.words[-1][1] == "error"
    assert stage.choose(0) == order
    assert stage.editor.typed() == "important"
    store.is_full = False
    stage.editor.again.invoke()
    stage.wait(lambda: stage.says() == "Saved.")
    stage.settle()
    assert not stage.editor.again.winfo_ismapped()
    assert stage.stored() == {order: Note("important")}


def test_a_note_that_is_too_long_says_so_and_nothing_is_written(stage: Stage, view: HubView) -> None:
    stage.show(view)
    stage.choose(0)
    stage.write("x" * 4001)
    stage.editor.store()
    assert "4,001" in stage.says()
    assert stage.stored() == {}


def test_nothing_can_be_typed_before_the_notes_are_read_or_a_trade_is_chosen(
    stage: Stage, view: HubView
) -> None:
    assert stage.editor.words.cget("state") == "disabled"
    stage.show(view)
    stage.choose(0)
    assert stage.editor.words.cget("state") == "normal"
    stage.panel.table.selection.select(None)
    assert stage.editor.words.cget("state") == "disabled"


@pytest.mark.parametrize("content", ["{", json.dumps({"kind": "journal_notes", "schema": 9, "notes": {}})])
def test_notes_that_cannot_be_read_are_told_and_never_written_over(
    make_stage: Callable[..., Stage], hub_ports: HubPorts, said: Said, content: str
) -> None:
    path = hub_ports.paths.journal_notes
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    stage = make_stage()
    stage.wait(lambda: bool(said.words))
    stage.settle()
    assert said.words[0][1] == "error"
    kept = [one.read_text() for one in path.parent.glob("journal_notes*") if one.read_text() == content]
    assert kept == [content]


def test_the_profit_is_grouped_as_the_user_likes_and_as_the_choices_say(
    make_stage: Callable[..., Stage], view: HubView
) -> None:
    preferences = Preferences()
    stage = make_stage(preferences=preferences)
    stage.show(view)
    shares = stage.panel.shares

    def rows() -> Iterator[tuple[str, ...]]:
        return (shares.table.model.rows[key].cells for key in shares.table.model.visible)

    assert list(rows()) == [("BTC", "2", "1", "100%", "+$10.00"), ("ETH", "1", "0", "", "")]
    shares.combo.current(3)
    shares.combo.event_generate("<<ComboboxSelected>>")
    stage.settle()
    assert [row[0] for row in rows()] == ["0 DCA buys", "1 DCA buy"]
    stage.panel.filters.choose(coin="BTC")
    stage.settle()
    assert [row[0] for row in rows()] == ["1 DCA buy"]
    assert preferences.words("journal.shares") == "stage"


@pytest.mark.parametrize("form, columns", [("journal", 14), ("cointracking", 12), ("koinly", 12)])
def test_what_is_shown_is_exported_with_its_notes(
    stage: Stage, view: HubView, said: Said, form: str, columns: int
) -> None:
    stage.show(view)
    stage.choose(1)
    stage.write("why so early", "news")
    stage.editor.store()
    stage.settle()
    stage.panel.filters.choose(coin="BTC")
    path = stage.context.ports.paths.data / "out.csv"
    proposed: list[str] = []

    def ask(name: str) -> str:
        proposed.append(name)
        return str(path)

    stage.panel.export.ask_path = ask
    stage.panel.export.menu.invoke(("journal", "cointracking", "koinly").index(form))
    stage.settle()
    rows = list(csv.reader(path.read_text().splitlines()))
    assert proposed == [f"{form}-paper-default.csv"]
    assert [len(row) for row in rows] == [columns] * 4
    assert "why so early" in path.read_text()
    assert "ETH" not in path.read_text()
    assert said.words[-1] == (f"3 trades are in {path}.", "news")


def test_an_export_that_is_not_wanted_or_not_possible_writes_nothing(
    stage: Stage, view: HubView, said: Said, tmp_path: Path
) -> None:
    stage.panel.export.write("journal")
    assert said.words[-1][1] == "warning"
    stage.show(view)
    stage.panel.export.ask_path = lambda _: ""
    stage.panel.export.write("journal")
    stage.panel.export.ask_path = lambda _: str(tmp_path / "elsewhere" / "out.csv")
    stage.panel.export.write("journal")
    stage.settle()
    # the store of tests writes into the data folder only
    assert said.words[-1][1] == "error"


def test_the_menu_of_a_row_leads_to_everything_about_its_coin(
    stage: Stage, view: HubView, said: Said
) -> None:
    stage.show(view)
    stage.choose(1)
    stage.panel.table.menu.choose("Chart of BTC")
    stage.panel.table.menu.choose("Only BTC")
    assert said.shown == [("chart", {"coin": "BTC"})]
    assert len(stage.rows()) == 3
    stage.settle()
