"""Current Trades: the original's table of what is held, with its twelve columns."""

import tkinter as tk
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final

from powertrader.hub.panel import PanelContext, Steps
from powertrader.hub.positions_view import dca_buys_in_24h, is_held, market_now, quote_of
from powertrader.hub.price_text import UNKNOWN, money_text, percent_text, price_text, quantity_text
from powertrader.hub.table_memory import remember_in, remembered
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.widgets.keyed_table import KeyedTable, TableOptions
from powertrader.hub.widgets.row_menu import MenuItem
from powertrader.hub.widgets.table_model import Column, Row
from powertrader.models.snapshot import CoinView
from powertrader.models.status import PositionStatus

WIDTHS: Final = (
    ("coin", 70),
    ("qty", 95),
    ("value", 110),
    ("avg_cost", 110),
    ("ask", 110),
    ("dca_pnl", 110),
    ("bid", 110),
    ("sell_pnl", 110),
    ("stage", 90),
    ("dca_24h", 80),
    ("next_dca", 160),
    ("trail_line", 110),
)
"""The columns, and how many pixels each has before it is scaled."""
COUNTED_ANEW_S: Final = 60.0
"""So often the DCA buys of 24 hours are counted anew, as old ones drop out by themselves."""
_ROWS_AT_ONCE: Final = 40
_NO_RULES_YET: Final[Mapping[str, object]] = dict.fromkeys(("most", "start", "start_dca", "gap"), "?")


class TradesTable:
    """One row for each coin that is held."""

    parts = frozenset({Part.COINS, Part.COIN_LIST, Part.ACCOUNT, Part.TRADES, Part.SETTINGS})

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context
        self._counted_at: datetime | None = None

    def build(self, parent: tk.Misc) -> tk.Widget:
        """Make the table."""
        preferences = self._context.preferences
        options = TableOptions(
            empty=text("tables.no_current_trades"),
            on_open=lambda coin: self._context.show("chart", coin=coin),
            menu=self._items,
            state=remembered(preferences, "current_trades"),
            remember=remember_in(preferences, "current_trades"),
            height=6,
            small=True,
        )
        columns = [Column(key, text(f"tables.{key}", **_NO_RULES_YET), px) for key, px in WIDTHS]
        self.table = KeyedTable(parent, columns, options)
        self._context.explain(self.table.tree, "tables.help.current_trades")
        return self.table

    def render(self, view: HubView, change: Change) -> Steps:
        """Show the coins that are held; only those that changed are formatted."""
        self.table.retitle(titles_of(view))
        now = market_now(view)
        is_old = self._counted_at is None or abs((now - self._counted_at).total_seconds()) >= COUNTED_ANEW_S
        all_anew = is_old or change.within(_ALL_ANEW)
        looked_at = [one for one in view.snapshot.coins if all_anew or one.coin in change.coins]
        held = [one for one in looked_at if is_held(one)]
        rows: list[Row] = []
        for begin in range(0, len(held), _ROWS_AT_ONCE):
            rows += trade_rows(held[begin : begin + _ROWS_AT_ONCE], view)
            yield
        if all_anew:
            self.table.show(rows)
            self._counted_at = now
        else:
            self.table.put(rows)
            self.table.drop(one.coin for one in looked_at if not is_held(one))

    def _items(self) -> list[MenuItem]:
        coin = self.table.selection.cursor
        if coin is None:
            return []
        show = self._context.show
        return [
            MenuItem(text("tables.show_chart", coin=coin), lambda: show("chart", coin=coin)),
            MenuItem(text("tables.show_why", coin=coin), lambda: show("why", coin=coin)),
            MenuItem(text("tables.show_position", coin=coin), lambda: show("positions", coin=coin)),
        ]


def titles_of(view: HubView) -> dict[str, str]:
    """Give the two headings that name settings: most DCA buys in a day, and where the trail begins.

    The trail is that of the trader that wrote last, which may run with older settings.
    """
    config, report = view.settings.config, view.snapshot.trader
    rules = report.status if report is not None else None
    trail = (
        (rules.pm_start_pct_no_dca, rules.pm_start_pct_with_dca, rules.trailing_gap_pct)
        if rules is not None
        else (config.trailing.start_pct_no_dca, config.trailing.start_pct_with_dca, config.trailing.gap_pct)
    )
    start, start_dca, gap = (f"{percent:g}" for percent in trail)
    return {
        "dca_24h": text("tables.dca_24h", most=config.dca.max_buys_per_24h),
        "trail_line": text("tables.trail_line", start=start, start_dca=start_dca, gap=gap),
    }


def trade_rows(held: Iterable[CoinView], view: HubView) -> Iterator[Row]:
    """Give the rows of some coins that are held."""
    quote, now = quote_of(view), market_now(view)
    most = view.settings.config.dca.max_buys_per_24h
    for one in held:
        if one.position is not None:
            yield _row(one.position, dca_buys_in_24h(view.trades, one.coin, now), (most, quote))


def _row(position: PositionStatus, bought: int, rules: tuple[int, str]) -> Row:
    most, quote = rules
    known = position.basis > 0
    cells = (
        position.coin,
        quantity_text(position.quantity),
        money_text(position.value, quote),
        price_text(position.basis, quote) if known else UNKNOWN,
        price_text(position.ask, quote),
        percent_text(position.gain_at_ask_pct) if known else UNKNOWN,
        price_text(position.bid, quote),
        percent_text(position.gain_at_bid_pct) if known else UNKNOWN,
        str(position.stage),
        f"{bought}/{most}",
        position.next_dca or UNKNOWN,
        price_text(position.trail_line, quote) if position.trail_line > 0 else UNKNOWN,
    )
    order = (
        position.coin,
        position.quantity,
        position.value,
        position.basis if known else None,
        position.ask,
        position.gain_at_ask_pct if known else None,
        position.bid,
        position.gain_at_bid_pct if known else None,
        position.stage,
        bought,
        1 - position.dca_line / position.ask if position.dca_line > 0 else None,
        position.trail_line if position.trail_line > 0 else None,
    )
    return Row(position.coin, cells, order)


_ALL_ANEW: Final = frozenset({Part.COIN_LIST, Part.TRADES, Part.SETTINGS})
