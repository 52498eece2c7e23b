"""The original's two tables: Current Trades and Trade History."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.trade_history import MOST_LINES, TradeHistory, history_line
from powertrader.hub.panels.trades_table import TradesTable
from powertrader.hub.preferences import Preferences
from powertrader.hub.trades_view import TradeLog, TradesView
from powertrader.hub.view import Change, HubView, Part
from powertrader.models.order import Side
from powertrader.models.trade import TRAILING_EXIT, Trade
from tests.unit.hub.driving import Said, draw, settle
from tests.unit.hub.held import held, trade, traded
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import NOW, coin, report, snapshot, status_of

COINS = Change(frozenset({Part.COINS}), frozenset({"BTC"}))


class Shown:
    """The table of current trades in a window."""

    def __init__(self, root: tk.Tk, context: PanelContext) -> None:
        self.root = root
        self.panel = TradesTable(context)
        self.panel.build(root).pack(fill="both", expand=True)
        settle(root)

    def draw(self, view: HubView, change: Change | None = None) -> None:
        draw(self.panel, view, change)
        settle(self.root)

    def headings(self) -> list[str]:
        columns = self.panel.table.columns
        return [columns.title(key) for key in columns.titles]

    def rows(self) -> list[tuple[str, ...]]:
        tree = self.panel.table.tree
        return [tuple(map(str, tree.item(item, "values"))) for item in tree.get_children()]


@pytest.fixture
def shown(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> Shown:
    return Shown(root, hub_context())


def test_checklist_current_trades_has_the_twelve_columns_and_the_two_headings_of_the_settings(
    shown: Shown,
) -> None:
    config = settings_view().config
    config = config.model_copy(update={"dca": config.dca.model_copy(update={"max_buys_per_24h": 3})})
    shown.draw(hub_view([], made=snapshot(trader=None), settings=settings_view(config)))
    assert shown.headings() == [
        "Coin",
        "Qty",
        "Value",
        "Avg Cost",
        "Ask Price",
        "DCA PnL",
        "Bid Price",
        "Sell PnL",
        "DCA Stage",
        "DCA 24h (max 3)",
        "Next DCA",
        "Trail Line (start 5/2.5%, gap 0.5%)",
    ]


def test_the_heading_of_the_trail_tells_the_rules_of_the_trader_that_runs(shown: Shown) -> None:
    status = replace(status_of(), pm_start_pct_no_dca=7.0, trailing_gap_pct=0.25)
    shown.draw(hub_view([], made=snapshot(trader=report(status=status))))
    assert shown.headings()[-1] == "Trail Line (start 7/2.5%, gap 0.25%)"


def test_checklist_a_row_has_the_originals_formats(shown: Shown) -> None:
    big = held("BTC", quantity=0.00012, ask=98123.456, bid=98100.0, basis=99000.5, value=11.772, stage=2)
    small = held("PEPE", ask=0.000012346, bid=0.0000123, basis=0.0, trail_line=0.0, next_dca="")
    shown.draw(
        hub_view([big, small], trades=traded(trade("BTC", "dca_hard_1", 2), trade("BTC", "entry", 30)))
    )
    assert ["  ".join(row) for row in shown.rows()] == [
        "BTC  0.00012  $11.77  $99,000.5  $98,123.46  -4.50%  $98,100  -5.00%  2  1/2  -2.50% / N4  $105",
        "PEPE  0.5  $47.50  N/A  $0.00001235  N/A  $0.0000123  N/A  0  0/2  N/A  N/A",
    ]


def test_coins_that_are_not_held_have_no_row_and_one_that_is_sold_goes(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), held("ETH", quantity=0.0), coin("XRP"), held("DOGE")]))
    assert [row[0] for row in shown.rows()] == ["BTC", "DOGE"]
    shown.draw(hub_view([held("BTC", quantity=0.0), coin("ETH"), coin("XRP"), held("DOGE")]), COINS)
    assert [row[0] for row in shown.rows()] == ["DOGE"]


def test_only_the_coins_that_changed_are_formatted_again(shown: Shown) -> None:
    shown.draw(hub_view([held("BTC"), held("ETH")]))
    shown.draw(hub_view([held("BTC", bid=96.0), held("ETH", bid=96.0)]), COINS)
    assert [row[6] for row in shown.rows()] == ["$96", "$95"]


def test_defect_2_dca_buys_of_24_hours_are_counted_for_every_symbol_after_the_last_sale(shown: Shown) -> None:
    trades = traded(
        trade("BTCUSDT", "dca_hard_1", 30),
        trade("BTCUSDT", "dca_hard_2", 20),
        trade("BTCUSDT", "dca_neural_5", 3),
        trade("ETH", "dca_hard_1", 5),
        trade("ETH", TRAILING_EXIT, 4),
        trade("ETH", "entry", 3),
        trade("ETH", "dca_hard_1", 2),
    )
    shown.draw(hub_view([held("BTCUSDT"), held("ETH")], trades=trades))
    assert [row[9] for row in shown.rows()] == ["2/2", "1/2"]


def test_a_dca_buy_drops_out_of_the_24_hours_though_nothing_was_traded(shown: Shown) -> None:
    made = snapshot([held("BTC")])
    trades = traded(trade("BTC", "dca_hard_1", 23.99))
    shown.draw(hub_view(made=made, trades=trades))
    assert shown.rows()[0][9] == "1/2"
    later = replace(made, market_at=NOW + timedelta(minutes=2))
    shown.draw(hub_view(made=later, trades=trades), Change(frozenset({Part.COINS})))
    assert shown.rows()[0][9] == "0/2"


def test_sorting_is_by_value_and_comes_back_with_the_next_window(
    root: tk.Tk, hub_context: Callable[..., PanelContext]
) -> None:
    preferences = Preferences()
    for again in (False, True):
        shown = Shown(root, hub_context(preferences=preferences))
        shown.draw(hub_view([held("BTC", value=9.0), held("ETH", value=1000.0), held("XRP", value=80.0)]))
        if not again:
            shown.panel.table._by("value")
            settle(root)
        assert [row[2] for row in shown.rows()] == ["$9.00", "$80.00", "$1,000.00"]


def test_a_row_leads_to_its_chart_and_to_why(
    root: tk.Tk, hub_context: Callable[..., PanelContext], said: Said
) -> None:
    shown = Shown(root, hub_context())
    shown.draw(hub_view([held("BTC"), held("ETH")]))
    table = shown.panel.table
    table.selection.select("ETH")
    table.tree.focus_force()
    table.tree.event_generate("<Return>")
    table.menu.choose("Explain ETH")
    table.menu.choose("Position of ETH")
    assert said.shown == [
        ("chart", {"coin": "ETH"}),
        ("why", {"coin": "ETH"}),
        ("positions", {"coin": "ETH"}),
    ]


def test_a_thousand_positions_are_formatted_in_pieces(shown: Shown) -> None:
    view = hub_view([held(f"C{number}") for number in range(1000)])
    steps = sum(1 for _ in shown.panel.render(view, Change(shown.panel.parts)))
    settle(shown.root)
    assert steps == 25
    assert len(shown.panel.table.model) == 1000


SOLD = trade("BTC", TRAILING_EXIT, 1, price=105.25, pnl_pct=5.25, realized_profit=Decimal("2.5789"))


def local(one: Trade) -> str:
    return f"{one.timestamp.astimezone():%Y-%m-%d %H:%M:%S}"


def test_checklist_history_lines_have_the_originals_format() -> None:
    bought = trade("DOGE", price=0.12345678, quantity=Decimal("120.50"))
    assert (
        history_line(bought, None, "USDT") == f"{local(bought)} | BUY        DOGE  | qty=120.5 | px=$0.12346"
    )
    averaged = trade("BTC", "dca_neural_5", price=90000.0)
    expected = f"{local(averaged)} | BUY/DCA    BTC   | qty=0.5 | px=$90,000 | pnl@trade=-2.60%"
    assert history_line(averaged, -2.6, "USDT") == expected
    ended = "qty=0.5 | px=$105.25 | pnl@trade=+5.25% | realized=+2.58"
    assert history_line(SOLD, None, "USDT") == f"{local(SOLD)} | SELL/TRAIL_SELL BTC   | {ended}"
    by_hand = trade("BTC", "manual_exit", price=None, realized_profit=Decimal("-1.005"))
    assert history_line(by_hand, None, "USDT").endswith(
        "| SELL       BTC   | qty=0.5 | px=N/A | realized=-1.00"
    )


class History:
    """The list of trades in a window."""

    def __init__(self, root: tk.Tk, context: PanelContext) -> None:
        self.root = root
        self.panel = TradeHistory(context)
        self.panel.build(root).pack(fill="both", expand=True)
        settle(root)

    def draw(self, trades: TradesView) -> tuple[str, ...]:
        draw(self.panel, hub_view(trades=trades))
        settle(self.root)
        return self.panel.lines()


@pytest.fixture
def history(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> History:
    return History(root, hub_context())


def test_checklist_history_is_newest_first_and_the_last_250(history: History) -> None:
    trades = [trade("BTC", hours_ago=300 - number) for number in range(260)]
    lines = history.draw(traded(*trades))
    assert len(lines) == MOST_LINES == 250
    assert lines[0].startswith(local(trades[-1]))
    assert lines[-1].startswith(local(trades[10]))


def test_new_trades_come_on_top_and_what_the_user_reads_does_not_move(history: History) -> None:
    log = TradeLog([trade("BTC", hours_ago=300 - number) for number in range(100)])
    history.draw(TradesView(log=log, length=100))
    history.panel.list.yview(40)
    settle(history.root)
    reads = history.panel.list.get(history.panel.list.index("@0,0"))
    log.add(SOLD)
    lines = history.draw(TradesView(log=log, length=101))
    assert len(lines) == 101
    assert lines[0].startswith(local(SOLD))
    assert history.panel.list.get(history.panel.list.index("@0,0")) == reads


def test_trades_of_another_ledger_replace_those_that_were_shown(history: History) -> None:
    history.draw(traded(trade("BTC"), SOLD))
    other = TradeLog([trade("ETH")])
    (line,) = history.draw(TradesView(log=other, length=1, generation=1))
    assert "ETH" in line


def test_a_dca_buy_tells_how_far_it_was_below_the_average_price_paid(history: History) -> None:
    lines = history.draw(
        traded(
            trade("BTC", "entry", 9, price=50.0),
            trade("BTC", TRAILING_EXIT, 8, pnl_pct=5.0),
            trade("BTC", "entry", 5),
            trade("ETH", "entry", 5, price=7.0),
            trade("BTC", "dca_hard_1", 4, price=90.0, value=Decimal(45)),
            trade("BTC", "dca_hard_2", 3, price=76.0, value=Decimal(38)),
        )
    )
    assert [line.partition("pnl@trade=")[2] for line in lines] == ["-20.00%", "-10.00%", "", "", "+5.00%", ""]


def test_an_empty_history_says_so(history: History) -> None:
    history.draw(traded())
    assert history.panel._hint.winfo_ismapped()
    assert "No trade yet" in str(history.panel._hint.cget("text"))
    history.draw(traded(SOLD))
    assert not history.panel._hint.winfo_ismapped()


def test_lines_of_the_history_are_copied(history: History) -> None:
    lines = history.draw(traded(trade("ETH", hours_ago=3), SOLD))
    history.panel.list.focus_force()
    history.panel.list.selection_set(0, "end")
    history.panel.list.event_generate("<Control-c>")
    settle(history.root)
    assert history.root.clipboard_get() == "\n".join(lines)
    assert SOLD.side is Side.SELL
