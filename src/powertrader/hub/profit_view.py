"""The true profit as it is shown: a ledger at the newest prices, beside what its account itself says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.analytics.baselines import Baselines, baselines
from powertrader.analytics.statement import CENT, Statement, statement_of
from powertrader.core.original_trades import is_original
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.models.money import decimal_of
from powertrader.models.position import NOTHING
from powertrader.models.status import TraderReport
from powertrader.models.types import CoinSymbol

OLD_PRICES_S: Final = 120.0
"""Prices that a trader told longer ago are called old."""


@dataclass(frozen=True, slots=True)
class AccountWord:
    """What the account is worth by its own balances, and how far the ledger's equity is apart from that."""

    equity: Decimal
    apart: Decimal
    unit: Decimal = CENT

    @property
    def agrees(self) -> bool:
        """Tell whether the two are the same to the cent, or to the finest part of what is no dollar."""
        return abs(self.apart) < self.unit


@dataclass(frozen=True, slots=True)
class ProfitView:
    """The statement, when its prices were told (None: never), and the account's own word.

    account is None while nobody told the balances since the ledger's newest entry.
    """

    statement: Statement
    priced_at: datetime | None
    account: AccountWord | None


def profit_view(trades: TradesView, report: TraderReport | None) -> ProfitView:
    """Value what a ledger holds at the prices that its trader told last."""
    told = report if report is not None and _is_of(report, trades.whose) else None
    statement = statement_of(trades.sums, bids_of(told))
    return ProfitView(statement, _priced_at(told), _told_by(told, statement))


def bids_of(report: TraderReport | None) -> Mapping[CoinSymbol, float]:
    """Give what a sale of each coin gets, as a trader told it last."""
    if report is None or report.status is None:
        return {}
    return {one.coin: one.bid for one in report.status.positions if one.bid > 0}


def baselines_of(trades: TradesView, prices: Mapping[CoinSymbol, float]) -> Baselines:
    """Compare with what the same money would have come to otherwise; takes a while for many trades."""
    return baselines([one for one in trades if not is_original(one)], trades.sums, prices)


def word_of_account(equity: Decimal, statement: Statement) -> AccountWord:
    """Compare what balances come to with what the ledger says."""
    return AccountWord(equity, equity - statement.equity, statement.unit)


def _is_of(report: TraderReport, whose: LedgerName | None) -> bool:
    return whose is not None and (report.mode, report.account) == (whose.mode, whose.account)


def _priced_at(report: TraderReport | None) -> datetime | None:
    return report.at if report is not None and report.status is not None else None


def _told_by(report: TraderReport | None, statement: Statement) -> AccountWord | None:
    """Compare with the trader's total, made of the account's own balances before its last step."""
    if report is None or report.status is None or report.open_orders:
        return None
    newest = statement.sums.at
    if newest is None or report.status.at < newest:
        return None
    left_out = [
        one for one in statement.coins if one.sums.quantity and one.sums.coin not in report.status.held
    ]
    if any(one.is_old for one in left_out):
        # the trader counts a coin without a price with its cost: the two would not be comparable
        return None
    # the trader leaves out what is too little to be sold
    uncounted = sum((one.value for one in left_out), NOTHING)
    return word_of_account(decimal_of(report.status.total) + uncounted, statement)
