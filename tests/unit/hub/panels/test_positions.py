"""The Positions screen in a real window."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.analytics.profit import CoinSums
from powertrader.hub.palettes import LIGHT
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.positions import Positions, make
from powertrader.hub.preferences import Preferences
from powertrader.hub.trades_view import TradesView
from powertrader.hub.view import Change, HubView, Part
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.held import LEDGER, held, trade, traded, with_sums
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import coin, order, report, snapshot

COMMANDS = ("trading.pause", "trading.resume", "portfolio.sell", "portfolio.adopt")


class Shown:
    """The screen in a window."""

    def __init__(self, root: tk.Tk, context: PanelContext) -> None:
        self.root = root
        self.context = context
        made = make(context)
        assert isinstance(made, Positions)
        self.panel = made
        self.panel.build(root).pack(fill="both", expand=True)
        settle(root)

    def draw(self, view: HubView, change: Change | None = None) -> None:
        draw(self.panel, view, change)
        settle(self.root)

    def rows(self) -> list[tuple[str, ...]]:
        tree = self.panel.table.tree
        return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]

    def names(self) -> list[str]:
        return [row[0] for row in self.rows()]

    def choose(self, coin: str) -> None:
        self.panel.table.selection.select(coin)
        settle(self.root)


@pytest.fixture
def shown(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> Shown:
    return Shown(root, hub_context(*COMMANDS))


def test_held_coins_and_those_that_need_a_look_are_shown_first_and_all_on_demand(shown: Shown) -> None:
    frozen = coin("ETH", frozen="order_unknown")
    shown.draw(hub_view([held("BTC"), frozen, coin("XRP")]))
    assert shown.names() == ["BTC", "ETH"]
    shown.panel.choose("look")
    settle(shown.root)
    assert shown.names() == ["ETH"]
    shown.panel.choose("all")
    settle(shown.root)
    assert shown.names() == ["BTC", "ETH", "XRP"]
    assert shown.context.preferences.words("positions.choice") == "all"


def test_the_choice_comes_back_with_the_next_window(
    root: tk.Tk, hub_context: Callable[..., PanelContext]
) -> None:
    kept = hub_context(preferences=Preferences({"positions.choice": "look"}))
    shown = Shown(root, kept)
    shown.draw(hub_view([held("BTC"), coin("ETH", halted="lunch")]))
    assert shown.names() == ["ETH"]


def test_only_what_changed_is_made_anew(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), held("ETH")]))
    later = hub_view([held("BTC", value=50.0), held("ETH", value=60.0)])
    shown.draw(later, Change(frozenset({Part.COINS}), frozenset({"ETH"})))
    assert [row[2] for row in shown.rows()] == ["$47.50", "$60.00"]


def test_an_order_that_begins_and_ends_is_seen_without_news_of_its_coin(shown: Shown) -> None:
    calm = hub_view([held("BTC"), held("ETH")])
    shown.draw(calm)
    busy = hub_view(made=replace(calm.snapshot, trader=report(open_orders=(order("ETH"),))))
    account = Change(frozenset({Part.ACCOUNT}))
    shown.draw(busy, account)
    assert [row[1] for row in shown.rows()] == ["Held", "Order open"]
    shown.draw(calm, account)
    assert [row[1] for row in shown.rows()] == ["Held", "Held"]


def test_the_chosen_position_is_told_in_full(shown: Shown) -> None:
    trades = traded(trade("BTC", "entry", 9, price=110.0), trade("BTC", "dca_hard_1", 3, price=95.0))
    shown.draw(hub_view([held("BTC", stage=1, dca_line=90.0), held("ETH")], trades=trades))
    shown.choose("BTC")
    detail = shown.panel.detail
    assert detail.coin == "BTC"
    assert [(line.shape, line.price) for line in detail.ladder.lines][:6] == [
        ("full", "$110"),
        ("line", "$105"),
        ("diamond", "$100"),
        ("full", "$95"),
        ("arrow", "$95"),
        ("hollow", "$95"),
    ]
    canvas = detail.ladder
    options = [canvas.itemconfigure(item) or {} for item in canvas.find_all()]
    drawn = [one["text"][-1] for one in options if "text" in one]
    assert "DCA 2 next (-5%)" in drawn
    assert "Bid now" in drawn


def test_the_first_position_is_chosen_once_and_none_when_the_chosen_one_is_sold(shown: Shown) -> None:
    chosen = []
    for coins in ([], [held("BTC"), held("ETH")], [coin("BTC"), held("ETH")]):
        shown.draw(hub_view(coins))
        chosen.append(shown.panel.detail.coin)
    assert chosen == [None, "BTC", None]
    assert shown.names() == ["ETH"]


def test_newer_prices_reach_the_position_that_is_shown(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC")]))
    shown.choose("BTC")
    shown.draw(hub_view([held("BTC", bid=97.25)]), Change(frozenset({Part.COINS}), frozenset({"BTC"})))
    assert ("arrow", "$97.25") in [(line.shape, line.price) for line in shown.panel.detail.ladder.lines]
    shown.draw(hub_view([coin("ETH")]))
    assert shown.panel.detail.coin is None


def test_buttons_lead_on_and_are_grey_where_nothing_can_be_done(shown: Shown, said: Said) -> None:
    shown.draw(hub_view([held("BTC"), coin("ETH", halted="lunch"), coin("XRP")]))
    buttons = shown.panel.detail.buttons
    shown.panel.table.selection.select(None)
    assert {str(button["state"]) for button in buttons.values()} == {"disabled"}
    shown.choose("BTC")
    for name in ("explain", "chart", "pause", "adopt", "sell"):
        buttons[name].invoke()
    assert said.shown == [("why", {"coin": "BTC"}), ("chart", {"coin": "BTC"})]
    assert said.commands == [
        (name, {"coin": "BTC"}) for name in ("trading.pause", "portfolio.adopt", "portfolio.sell")
    ]
    shown.choose("ETH")
    assert str(buttons["sell"]["state"]) == "disabled"
    assert str(buttons["pause"]["text"]) == "Resume buys"
    buttons["pause"].invoke()
    assert said.commands[-1] == ("trading.resume", {"coin": "ETH"})


def test_the_menu_of_a_row_offers_the_same(shown: Shown, said: Said) -> None:
    shown.draw(hub_view([held("BTC"), held("ETH")]))
    shown.choose("ETH")
    labels = [item.label for item in shown.panel.table.menu._items() if item.act is not None]
    assert labels == [
        "Explain ETH",
        "Chart of ETH",
        "Pause buys of ETH",
        "Adopt ETH…",
        "Sell ETH now…",
        "Copy",
        "Copy with headings",
    ]
    shown.panel.table.menu.choose("Sell ETH now…")
    shown.draw(hub_view([held("BTC"), replace(held("ETH"), halted="lunch")]))
    shown.panel.table.menu.choose("Resume buys of ETH")
    assert said.commands == [("portfolio.sell", {"coin": "ETH"}), ("trading.resume", {"coin": "ETH"})]


def test_without_the_commands_of_a_trader_their_buttons_are_grey(
    root: tk.Tk, hub_context: Callable[..., PanelContext]
) -> None:
    shown = Shown(root, hub_context())
    shown.draw(hub_view([held("BTC")]))
    shown.choose("BTC")
    grey = {name for name, button in shown.panel.detail.buttons.items() if str(button["state"]) == "disabled"}
    assert grey == {"pause", "adopt", "sell"}


def test_another_screen_can_ask_for_a_coin_that_is_hidden(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), coin("XRP")]))
    shown.panel.filter.set("btc")
    shown.panel.select(coin="XRP")
    settle(shown.root)
    assert shown.panel.detail.coin == "XRP"
    assert "XRP" in shown.names()


def test_slash_goes_to_the_filter_and_the_filter_finds_states(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC", trail_active=True), held("ETH")]))
    shown.root.focus_force()
    shown.panel.find()
    settle(shown.root)
    assert shown.root.focus_get() is shown.panel.filter.entry
    shown.panel.filter.set("trail")
    settle(shown.root)
    assert shown.names() == ["BTC"]


def test_tab_goes_from_the_filter_over_the_table_to_the_buttons(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC")]))
    at: tk.Misc | None = shown.panel.filter.entry
    passed = []
    while at is not None and at is not shown.panel.detail.buttons["explain"]:
        passed.append(at.winfo_class())
        at = at.tk_focusNext()
    assert passed[:3] == ["TEntry", "TCombobox", "Treeview"]
    assert at is not None


def test_everything_together_is_told_below(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), held("ETH", value=52.5)]))
    assert shown.panel.totals().startswith("2 held   Value $100.00   Unrealised $0.00")


def test_another_palette_reaches_rows_and_ladder(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), coin("ETH", frozen="order_unknown")]))
    shown.choose("BTC")
    shown.context.theme.apply(LIGHT)
    settle(shown.root)
    assert str(shown.panel.table.tree.tag_configure("error", "foreground")) == LIGHT.error
    assert str(shown.panel.detail.ladder.cget("background")) == LIGHT.bg
    assert LIGHT.accent2 in {line.colour for line in shown.panel.detail.ladder.lines}


def test_a_thousand_coins_are_made_in_pieces_and_an_empty_screen_says_why(shown: Shown) -> None:
    view = hub_view([held(f"C{number}") for number in range(1000)])
    assert sum(1 for _ in shown.panel.render(view, Change(shown.panel.parts))) > 30
    settle(shown.root)
    assert shown.panel.totals().startswith("1,000 held")
    shown.draw(hub_view(made=snapshot([], trader=None)))
    assert shown.rows() == []
    assert shown.panel.table._hint.winfo_ismapped()


def test_what_nobody_has_told_is_not_shown_as_nothing(shown: Shown) -> None:
    shown.draw(hub_view(made=snapshot([coin("BTC")], trader=None)))
    assert shown.panel.totals() == "No trader tells what is held   Realised N/A   Fees N/A"
    shown.panel.choose("all")
    settle(shown.root)
    shown.choose("BTC")
    assert {str(one.cget("text")) for one in shown.panel.detail._figures.values()} == {"N/A", ""}
    read = TradesView(LEDGER)
    shown.draw(hub_view([held("BTC")], trades=read))
    assert "Realised $0.00   Fees $0.00" in shown.panel.totals()
    shown.draw(hub_view([held("BTC")], trades=replace(read, complete=False)))
    assert "Realised N/A   Fees N/A" in shown.panel.totals()


def test_realised_profit_and_fees_of_the_ledger_are_in_the_row(shown: Shown) -> None:
    trades = with_sums(CoinSums("BTC", realised=Decimal("-3.456"), fees=Decimal("0.12")))
    shown.draw(hub_view([held("BTC")], trades=trades))
    assert shown.rows()[0][5:7] == ("-$3.46", "$0.12")
