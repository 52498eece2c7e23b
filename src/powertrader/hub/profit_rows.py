"""The true profit in words: lines of the statement, rows of coins, and the bars of the comparison."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.analytics.baselines import Baselines
from powertrader.analytics.statement import CoinProfit, Statement
from powertrader.hub.palettes import Palette
from powertrader.hub.price_text import money_text, percent_text, price_text, quantity_text
from powertrader.hub.profit_view import OLD_PRICES_S, ProfitView
from powertrader.hub.text import text
from powertrader.hub.time_text import age_text, moment_text
from powertrader.hub.trades_view import TradesView
from powertrader.hub.widgets.bar_chart import Bar, Fill
from powertrader.hub.widgets.table_model import Row

WIDTHS: Final = (
    ("coin", 70),
    ("quantity", 115),
    ("price", 105),
    ("value", 95),
    ("realised", 100),
    ("unrealised", 125),
    ("fees", 85),
    ("net", 100),
    ("return_pct", 80),
    ("orders", 125),
)
"""The columns of the table and their widths in pixels."""
_ALWAYS: Final = frozenset({"deposits", "realised", "unrealised", "fees"})
_COINS_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the statement."""

    name: str
    amount: str


def statement_lines(statement: Statement) -> Iterator[Line]:
    """Give the lines from what came in to the equity; what is 0 and seldom anything else is left out."""
    quote = statement.sums.quote_asset
    for name, amount in statement.bridge():
        if amount or name in _ALWAYS:
            yield Line(name, money_text(amount, quote, signed=name not in ("deposits", "brought_in")))
    yield Line("equity", money_text(statement.equity, quote))
    yield Line("cash", money_text(statement.sums.cash, quote))
    yield Line("holdings", money_text(statement.holdings, quote))
    if statement.dust:
        yield Line("dust", money_text(statement.dust, quote))
    if statement.open_loss:
        yield Line("open_loss", money_text(statement.open_loss, quote, signed=True))


def headline(statement: Statement) -> str:
    """Give the true profit with its sign."""
    return money_text(statement.net, statement.sums.quote_asset, signed=True)


def headline_note(statement: Statement) -> str:
    """Say what the true profit is in percent."""
    percent = statement.net_pct
    return "" if percent is None else text("profit.of_put_in", percent=percent_text(percent))


def remarks(
    view: ProfitView, trades: TradesView, now: datetime, problems: Iterable[str] = ()
) -> Iterator[tuple[str, str]]:
    """Give what a reader has to know about the figures, each with the style of its label.

    problems name what the window could not read.
    """
    damage = next((one for one in problems if str(trades.whose) in one), None)
    if damage is not None:
        yield text("profit.damaged", reason=damage), "Error.TLabel"
    if not trades.complete:
        yield text("profit.still_reading", count=f"{len(trades):,}"), "Muted.TLabel"
    yield from _account_remarks(view, trades)
    yield from _price_remarks(view, now)
    others = view.statement.sums.other_quotes
    if others:
        yield text("profit.other_quotes", assets=", ".join(sorted(others))), "Warning.TLabel"


def _account_remarks(view: ProfitView, trades: TradesView) -> Iterator[tuple[str, str]]:
    account, quote = view.account, view.statement.sums.quote_asset
    if account is None or not trades.complete:
        return
    equity = money_text(account.equity, quote)
    if account.agrees:
        yield text("profit.account_agrees", equity=equity), "Muted.TLabel"
    else:
        apart = money_text(account.apart, quote, signed=True)
        yield text("profit.account_differs", equity=equity, apart=apart), "Warning.TLabel"


def _price_remarks(view: ProfitView, now: datetime) -> Iterator[tuple[str, str]]:
    unpriced = view.statement.unpriced
    if view.priced_at is not None:
        age_s = (now - view.priced_at).total_seconds()
        if age_s > OLD_PRICES_S:
            when = moment_text(view.priced_at)
            yield text("profit.prices_old", when=when, age=age_text(age_s)), "Warning.TLabel"
    if unpriced:
        named = ", ".join(unpriced[:_COINS_NAMED])
        key = "profit.unpriced_more" if len(unpriced) > _COINS_NAMED else "profit.unpriced"
        more = len(unpriced) - _COINS_NAMED
        yield text(key, coins=named, more=more), "Warning.TLabel"


def coin_row(one: CoinProfit, quote: str) -> Row:
    """Give the row of one coin."""
    sums = one.sums
    price = price_text(one.price, quote) if one.price is not None and sums.quantity else ""
    if price and one.is_old:
        price = text("profit.old_price", price=price)
    held = quantity_text(sums.quantity) if sums.quantity else ""
    if sums.is_rest and held:
        held = text("profit.rest", quantity=held)
    return Row(
        sums.coin,
        (
            sums.coin,
            held,
            price,
            money_text(one.value, quote) if sums.quantity else "",
            money_text(sums.realised, quote, signed=True),
            money_text(one.unrealised, quote, signed=True) if sums.quantity else "",
            money_text(-sums.fees, quote, signed=True),
            money_text(one.net, quote, signed=True),
            percent_text(one.return_pct),
            text("profit.orders_cell", buys=sums.buys, sells=sums.sells),
        ),
        (
            sums.coin,
            float(sums.quantity),
            None if one.price is None else float(one.price),
            float(one.value),
            float(sums.realised),
            float(one.unrealised),
            float(sums.fees),
            float(one.net),
            one.return_pct,
            float(sums.buys + sums.sells),
        ),
        _tag(one.net),
    )


def has_comparison(compared: Baselines) -> bool:
    """Tell whether there was money that could have been spent otherwise."""
    return compared.hold is not None and compared.hold.profit_pct is not None


def bars_of(statement: Statement, compared: Baselines, palette: Palette) -> Iterator[Bar]:
    """Give what the bot made, and what the same money would have come to otherwise."""
    net = float(statement.net)
    yield _bar(
        statement, "bot", (net, statement.net_pct), ("solid", palette.up if net >= 0 else palette.down)
    )
    if compared.hold is not None and has_comparison(compared):
        made = (compared.hold.profit, compared.hold.profit_pct)
        yield _bar(statement, "hold", made, ("striped", palette.accent2))
    if compared.plain_dca is not None and has_comparison(compared):
        made = (compared.plain_dca.profit, compared.plain_dca.profit_pct)
        yield _bar(statement, "plain_dca", made, ("hollow", palette.warning))


def _bar(statement: Statement, name: str, made: tuple[float, float | None], look: tuple[Fill, str]) -> Bar:
    profit, percent = made
    words = money_text(profit, statement.sums.quote_asset, signed=True)
    if percent is not None:
        words = f"{words} ({percent_text(percent)})"
    return Bar(text(f"profit.{name}"), profit, words, *look)


def verdict(statement: Statement, compared: Baselines) -> str:
    """Say in a sentence whether the bot did better than doing nothing clever."""
    if compared.hold is None or compared.plain_dca is None or not has_comparison(compared):
        return ""
    net = float(statement.net)
    better = (net >= compared.hold.profit, net >= compared.plain_dca.profit)
    key = {(True, True): "both", (False, False): "neither", (True, False): "hold", (False, True): "dca"}[
        better
    ]
    return text(f"profit.better_than_{key}")


def _tag(amount: Decimal) -> str:
    if not amount:
        return "muted"
    return "gain" if amount > 0 else "loss"
