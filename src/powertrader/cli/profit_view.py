"""What `powertrader profit` shows: the statement, the account's own word, and the comparison."""

import math
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from powertrader.analytics.baselines import Baseline, Baselines
from powertrader.analytics.statement import CENT, CoinProfit, Statement
from powertrader.cli import exit_codes
from powertrader.cli.home_ledgers import home_ledgers
from powertrader.cli.ledger import only_account
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths, find_home, paths_of
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper_file import PaperFile
from powertrader.hub.profit_view import ProfitView, baselines_of, bids_of, profit_view, word_of_account
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.models.moment import iso_text
from powertrader.models.money import product
from powertrader.models.position import NOTHING
from powertrader.models.status import TraderReport
from powertrader.models.types import Environment

if TYPE_CHECKING:
    from rich.console import Console

Whose: TypeAlias = tuple[Environment | None, str | None]


def show_profit(sources: ConfigSources, home: Path | None, whose: Whose, *, as_json: bool) -> int:
    """Show the profit of a mode's account, those of the settings where none is named; give the exit code."""
    settings = load_config(sources).config
    paths = paths_of(find_home(home), settings.paths.main_neural_dir)
    mode = whose[0] or settings.trading.mode
    account = whose[1] or only_account(paths, mode)
    name = LedgerName(mode, account, settings.trading.quote_asset)
    trades = home_ledgers(paths).read(name, math.inf) or TradesView(name)
    report = Mailbox(FileStore(paths.data), paths).read(paths.trader_report(mode, account), TRADER)
    view = _with_balances(profit_view(trades, report), paths, name)
    compared = baselines_of(trades, bids_of(report))
    if as_json:
        emit_json(_as_json(trades, view, compared))
    elif not trades.sums.events:
        people().print(f"The ledger {name} is empty: nothing was stored yet.")
    else:
        _show(people(), view, compared, report)
    return exit_codes.OK if view.account is None or view.account.agrees else exit_codes.DIFFERENT


def _with_balances(view: ProfitView, paths: HomePaths, name: LedgerName) -> ProfitView:
    """Take the balances of a paper account from its file: they are there whether a trader runs or not."""
    if name.mode != "paper":
        return view
    state = PaperFile(paths.paper_account(name.account), FileStore()).load()
    if state is None:
        return view
    prices = {one.sums.coin: one.price for one in view.statement.coins}
    prices[name.quote_asset] = Decimal(1)
    worth = [product(held.total, prices.get(held.asset) or NOTHING) for held in state.holdings]
    return replace(view, account=word_of_account(sum(worth, NOTHING), view.statement))


def _show(console: "Console", view: ProfitView, compared: Baselines, report: TraderReport | None) -> None:
    statement = view.statement
    quote = statement.sums.quote_asset
    for line in _statement_lines(statement):
        console.print(line, highlight=False)
    console.print(f"\nTrue profit: {_told(statement.net, statement, '+')} {quote}", style="bold")
    for line in _remarks(view, report):
        console.print(line, soft_wrap=True)
    if statement.coins:
        table = plain_table("", ("coin",), ("held", "value", "realised", "unrealised", "fees", "result"))
        for one in statement.coins:
            table.add_row(one.sums.coin, *_cells(one, statement))
        console.print(table)
    for line in _compared_lines(statement, compared):
        console.print(line, soft_wrap=True)


def _statement_lines(statement: Statement) -> Iterator[str]:
    words = {
        "deposits": "Deposits, less withdrawals",
        "brought_in": "Brought in as coins, or as fees in other assets",
        "realised": "Realised, before fees",
        "unrealised": "Unrealised, before fees",
        "fees": "Fees",
        "written_off": "Written off",
    }
    for name, amount in statement.bridge():
        if amount or name in ("deposits", "realised", "unrealised", "fees"):
            yield f"{words[name]:<48}{_told(amount, statement):>20}"
    parts = {
        "= Equity": statement.equity,
        "  of which cash": statement.sums.cash,
        "  of which coins": statement.holdings,
        "  left over by sales, in those": statement.dust,
    }
    for name, amount in parts.items():
        if amount or name != "  left over by sales, in those":
            yield f"{name:<48}{_told(amount, statement):>20}"


def _remarks(view: ProfitView, report: TraderReport | None) -> Iterator[str]:
    statement, quote = view.statement, view.statement.sums.quote_asset
    if view.account is not None and view.account.agrees:
        equity = _told(view.account.equity, statement)
        yield f"The account's own balances come to {equity} {quote}: the same to the cent."
    elif view.account is not None:
        yield (
            f"The account's own balances come to {_told(view.account.equity, statement)} {quote}, "
            f"{_told(view.account.apart, statement, '+')} apart: `powertrader ledger verify` and "
            "`powertrader ledger show` tell more."
        )
    if report is not None and view.priced_at is not None:
        yield f"Prices are those of {iso_text(view.priced_at)}."
    if statement.unpriced:
        yield (
            f"Nobody told a price of {', '.join(statement.unpriced)}: valued at the price of the last trade."
        )
    if statement.sums.other_quotes:
        others = ", ".join(sorted(statement.sums.other_quotes))
        yield f"The ledger also has amounts in {others}; they are not converted, so the sums mix money."


def _cells(one: CoinProfit, statement: Statement) -> tuple[str, ...]:
    sums = one.sums
    amounts = (one.value, sums.realised, one.unrealised, -sums.fees, one.net)
    return (f"{sums.quantity.normalize():f}", *[_told(amount, statement) for amount in amounts])


def _compared_lines(statement: Statement, compared: Baselines) -> Iterator[str]:
    quote = statement.sums.quote_asset
    for words, one in (("Bought once and held", compared.hold), ("Plain DCA", compared.plain_dca)):
        if one is not None:
            apart = float(statement.net) - one.profit
            better = "more" if apart >= 0 else "less"
            made, more = _told(one.profit, statement, "+"), _told(abs(apart), statement)
            yield f"{words}: {made} {quote}; the bot made {more} {better}."
    if compared.hold is not None:
        yield (
            "Both spend all of the same deposits on the same coins, at prices of the bot's own trades and "
            f"with its average fee of {compared.fee_pct:.3f} %: held ones at the first price after each "
            "deposit, plain DCA in equal parts whenever the bot bought. Neither ever sells."
        )


def _as_json(trades: TradesView, view: ProfitView, compared: Baselines) -> dict[str, object]:
    statement, account = view.statement, view.account
    names = ("deposits", "brought_in", "realised", "unrealised", "fees", "written_off", "equity", "net")
    return {
        "ledger": str(trades.whose),
        "quote_asset": statement.sums.quote_asset,
        "entries": statement.sums.events,
        "trades": len(trades),
        "priced_at": None if view.priced_at is None else iso_text(view.priced_at),
        **{name: _plain(getattr(statement, name)) for name in names},
        "cash": _plain(statement.sums.cash),
        "holdings": _plain(statement.holdings),
        "dust": _plain(statement.dust),
        "open_loss": _plain(statement.open_loss),
        "unpriced": list(statement.unpriced),
        "other_quotes": sorted(statement.sums.other_quotes),
        "account": None
        if account is None
        else {"equity": _plain(account.equity), "apart": _plain(account.apart), "agrees": account.agrees},
        "coins": [_coin_json(one) for one in statement.coins],
        "compared": {
            "fee_pct": compared.fee_pct,
            "hold": _baseline_json(compared.hold),
            "plain_dca": _baseline_json(compared.plain_dca),
        },
    }


def _coin_json(one: CoinProfit) -> dict[str, object]:
    sums = one.sums
    amounts = {
        name: _plain(getattr(sums, name))
        for name in ("quantity", "cost", "spent", "received", "realised", "fees", "written_off", "brought_in")
    }
    return {
        "coin": sums.coin,
        **amounts,
        "price": None if one.price is None else _plain(one.price),
        "price_is_old": one.is_old,
        "value": _plain(one.value),
        "unrealised": _plain(one.unrealised),
        "net": _plain(one.net),
        "return_pct": one.return_pct,
        "buys": sums.buys,
        "sells": sums.sells,
        "is_rest": sums.is_rest,
    }


def _baseline_json(one: Baseline | None) -> dict[str, object] | None:
    if one is None:
        return None
    return {"equity": one.equity, "cash": one.cash, "profit": one.profit, "profit_pct": one.profit_pct}


def _told(amount: Decimal | float, statement: Statement, sign: str = "") -> str:
    """Give an amount as people read it: cents of dollars, eight decimals of anything else."""
    decimals = 2 if statement.unit == CENT else 8
    return f"{amount:{sign},.{decimals}f}"


def _plain(amount: Decimal) -> str:
    return format(amount, "f")
