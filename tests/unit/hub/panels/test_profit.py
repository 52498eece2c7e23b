"""The screen Profit: a statement that adds up, honest remarks, coins that sort, and bars with words."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from powertrader.core.exceptions import BadData
from powertrader.hub.palettes import PALETTES
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.profit import Profit
from powertrader.hub.view import HubView
from powertrader.models.journal import QuoteBooked
from powertrader.models.position import NOTHING
from powertrader.models.status import PositionStatus
from tests.unit.analytics.ledgers import Trader
from tests.unit.hub.driving import Said, draw, settle, words_in
from tests.unit.hub.ledger_views import ledger_view, priced, told
from tests.unit.snapshots import NOW, order

pytestmark = pytest.mark.money


def traded() -> Trader:
    """1,000 came in; a gain of 20 was realised and a loss of 30 is open, with 0.30 of fees."""
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", USDT="0.20")
    trader.sell("BTC", "2", "110", USDT="0.10")
    trader.buy("ETH", "3", "50")
    return trader


@pytest.fixture
def panel(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> Profit:
    made = Profit(hub_context())
    made.build(root).pack(fill="both", expand=True)
    settle(root)
    return made


def shown(panel: Profit, view: HubView, wait_until: Callable[..., None]) -> dict[str, str]:
    """Draw a view, wait for the comparison, and give the statement by name."""
    draw(panel, view)
    wait_until(lambda: not panel._context.background.waiting)
    panel._context.background.deliver()
    settle(panel.bars)
    return dict(panel.statement.told())


def test_the_statement_adds_up_to_the_equity(panel: Profit, wait_until: Callable[..., None]) -> None:
    lines = shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    assert lines == {
        "True profit": "-$10.30",
        "Deposits, less withdrawals": "$1,000.00",
        "+ Realised by sales": "+$20.00",
        "+ Unrealised, of what is held": "-$30.00",
        "\u2212 Fees": "-$0.30",
        "= Equity": "$989.70",
        "in cash": "$869.70",
        "in coins, at the bid": "$120.00",
        "open losses, in the above": "-$30.00",
    }


def test_what_the_accounts_balances_come_to_is_compared(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    held = PositionStatus("ETH", 41.0, 40.0, quantity=3.0)
    shown(panel, ledger_view(traded().events, told(held, total=989.70)), wait_until)
    assert panel.said() == ("✓ The account's own balances come to $989.70: the same to the cent.",)
    shown(panel, ledger_view(traded().events, told(held, total=989.60)), wait_until)
    assert "-$0.10 apart" in panel.said()[0]
    # while an order is open, money is between the two
    shown(panel, ledger_view(traded().events, told(held, total=1.0, open_orders=(order("ETH"),))), wait_until)
    assert panel.said() == ()


def test_left_overs_count_and_what_cannot_be_compared_is_not(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    trader = Trader("1000")
    trader.buy("BTC", "1.001", "100")
    trader.sell("BTC", "1", "110")
    # 1,009.90 of cash; the trader does not count the 0.001 that it cannot sell
    shown(panel, ledger_view(trader.events, told(*priced(BTC=110.0), total=1009.9)), wait_until)
    assert panel.said()[0].startswith("✓ The account's own balances come to $1,010.01")
    assert "of these left over by sales" in dict(panel.statement.told())
    # without a price the trader counts the cost, which is another figure
    shown(panel, ledger_view(trader.events, told(total=1009.9)), wait_until)
    assert not any("balances" in words for words in panel.said())
    # entries that are newer than the trader's look at the account
    old = told(*priced(BTC=110.0), total=1.0)
    assert old.status is not None
    status = replace(old.status, at=trader.now - timedelta(seconds=1))
    shown(panel, ledger_view(trader.events, replace(old, status=status)), wait_until)
    assert not any("balances" in words for words in panel.said())


def test_many_coins_without_a_price_are_counted_not_listed(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    trader = Trader("1000")
    for number in range(40):
        trader.buy(f"C{number:02d}", "1", "1")
    shown(panel, ledger_view(trader.events, None), wait_until)
    assert "C00, C01, C02, C03, C04 and 35 more coins" in panel.said()[-1]
    assert len(panel.table.model.rows) == 40


def test_old_prices_missing_prices_and_mixed_money_are_told(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    trader = traded()
    trader.events.append(QuoteBooked("EUR", NOTHING + 5, trader.now))
    view = ledger_view(trader.events, told(*priced(BTC=100.0), open_orders=(order("BTC"),)))
    shown(panel, replace(view, at=NOW + timedelta(hours=3)), wait_until)
    old, missing, mixed = panel.said()
    assert "(3 h ago)" in old
    assert "ETH" in missing
    assert "EUR" in mixed
    assert "(old)" in panel.table.model.rows["ETH"].cells[2]


def test_a_ledger_that_is_still_being_read_says_so(panel: Profit, wait_until: Callable[..., None]) -> None:
    view = ledger_view(traded().events, told(*priced(ETH=40.0)))
    view = replace(view, trades=replace(view.trades, complete=False))
    shown(panel, view, wait_until)
    assert panel.said() == ("The ledger is still being read: 3 trades so far.",)


def test_a_ledger_that_is_damaged_says_that_the_rest_is_missing(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    view = ledger_view(traded().events, told(*priced(ETH=40.0), open_orders=(order("ETH"),)))
    problems = ("other.json cannot be read", "data/ledger/paper-default/2024-01.0001.jsonl, line 7: damaged")
    shown(panel, replace(view, problems=problems), wait_until)
    (remark,) = panel.said()
    assert "line 7: damaged" in remark


def test_an_empty_ledger_says_what_will_be_here(
    panel: Profit, root: tk.Tk, wait_until: Callable[..., None]
) -> None:
    assert shown(panel, ledger_view((), None), wait_until) == {}
    assert any("Nothing was paid in or traded yet." in words for words in words_in(root))
    assert not panel.verdict.winfo_viewable()


def test_coins_have_rows_that_sort_by_their_result(panel: Profit, wait_until: Callable[..., None]) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    panel.table.sort("net")
    assert panel.table.model.visible == ("ETH", "BTC")
    btc = panel.table.model.rows["BTC"]
    assert btc.cells == ("BTC", "", "", "", "+$20.00", "", "-$0.30", "+$19.70", "+9.85%", "1 / 1")
    assert (btc.tag, panel.table.model.rows["ETH"].tag) == ("gain", "loss")


def test_only_rows_that_say_something_else_are_made_anew(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    view = ledger_view(traded().events, told(*priced(ETH=40.0)))
    shown(panel, view, wait_until)
    before = dict(panel.table.model.rows)
    shown(panel, replace(view, snapshot=replace(view.snapshot, trader=told(*priced(ETH=41.0)))), wait_until)
    after = panel.table.model.rows
    assert after["BTC"] is before["BTC"]
    assert after["ETH"].cells[3] == "$123.00"


def test_the_comparison_is_told_in_words_and_by_shapes(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(BTC=120.0, ETH=60.0))), wait_until)
    assert [(bar.name, bar.fill) for bar in panel.bars.bars] == [
        ("The bot", "solid"),
        ("Bought once and held", "striped"),
        ("Plain DCA", "hollow"),
    ]
    assert "Both would have done better" in str(panel.verdict.cget("text"))
    shown(panel, ledger_view(traded().events, told(*priced(BTC=90.0, ETH=20.0))), wait_until)
    assert str(panel.verdict.cget("text")) == "The bot did better than both."


def test_a_comparison_that_fails_is_told_and_made_again_later(
    panel: Profit, wait_until: Callable[..., None]
) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    panel._not_compared(BadData("no prices"))
    assert "no prices" in str(panel.verdict.cget("text"))
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    assert "than" in str(panel.verdict.cget("text"))


def test_the_statement_is_copied_for_a_spreadsheet(
    panel: Profit, said: Said, wait_until: Callable[..., None]
) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    panel._copy()
    copied = panel.bars.clipboard_get()
    assert "= Equity\t$989.70" in copied
    assert "Plain DCA\t" in copied
    assert said.words == [("The statement is on the clipboard.", "news")]


def test_a_double_click_shows_the_coins_trades(
    panel: Profit, said: Said, wait_until: Callable[..., None]
) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    panel.table.options.on_open("ETH")
    panel.table.selection.select("ETH")
    panel.table.menu.choose("Explain ETH")
    assert said.shown == [("journal", {"coin": "ETH"}), ("why", {"coin": "ETH"})]


def test_other_colours_are_taken_at_once(panel: Profit, wait_until: Callable[..., None]) -> None:
    shown(panel, ledger_view(traded().events, told(*priced(ETH=40.0))), wait_until)
    for palette in PALETTES.values():
        panel._context.theme.apply(palette)
        settle(panel.bars)
        assert str(panel.statement.headline.cget("foreground")) == palette.down
        assert panel.bars.bars[0].colour == palette.down
