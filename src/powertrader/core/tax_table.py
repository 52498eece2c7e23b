"""Trades in the columns that tax programs import: one row for each trade, and one for each further fee."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from powertrader.core.trade_table import csv_text
from powertrader.models.order import Side
from powertrader.models.trade import Trade

Comment = Callable[[Trade], str]


class TaxLayout(StrEnum):
    """Whose columns."""

    COINTRACKING = "cointracking"
    KOINLY = "koinly"


@dataclass(frozen=True, slots=True)
class TaxNames:
    """What is said beside the amounts: what coins are paid in, and which exchange and account it was."""

    quote_asset: str
    exchange: str
    group: str


_COINTRACKING: Final = (
    "Type",
    "Buy",
    "Buy Currency",
    "Sell",
    "Sell Currency",
    "Fee",
    "Fee Currency",
    "Exchange",
    "Group",
    "Comment",
    "Date",
    "Tx-ID",
)
_KOINLY: Final = (
    "Date",
    "Sent Amount",
    "Sent Currency",
    "Received Amount",
    "Received Currency",
    "Fee Amount",
    "Fee Currency",
    "Net Worth Amount",
    "Net Worth Currency",
    "Label",
    "Description",
    "TxHash",
)


def tax_csv(trades: Iterable[Trade], layout: TaxLayout, names: TaxNames, comment: Comment) -> str:
    """Give trades as CSV with a header, amounts before fees in full decimals, times in UTC.

    comment gives what is said about a trade. Trades whose value nobody knows are left out: a tax program
    would take them for gifts.
    """
    header, rows = _LAYOUTS[layout]
    valued = (trade for trade in trades if trade.value)
    return csv_text(header, (row for trade in valued for row in rows(trade, names, comment(trade))))


def _cointracking(trade: Trade, names: TaxNames, comment: str) -> Iterator[list[str]]:
    got, got_asset, gave, gave_asset = _moved(trade, names.quote_asset)
    date = f"{trade.timestamp.astimezone(UTC):%d.%m.%Y %H:%M:%S}"
    where = [names.exchange, names.group, comment, date]
    fees = trade.fees or (("", None),)
    for place, (asset, fee) in enumerate(fees):
        fee_text = "" if fee is None else _plain(fee)
        if not place:
            amounts = ["Trade", got, got_asset, gave, gave_asset, fee_text, asset]
            yield [*amounts, *where, trade.client_order_id]
        else:
            yield [
                "Other Fee",
                "",
                "",
                fee_text,
                asset,
                "",
                "",
                *where,
                f"{trade.client_order_id}-fee{place}",
            ]


def _koinly(trade: Trade, names: TaxNames, comment: str) -> Iterator[list[str]]:
    got, got_asset, gave, gave_asset = _moved(trade, names.quote_asset)
    date = f"{trade.timestamp.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    fees = trade.fees or (("", None),)
    for place, (asset, fee) in enumerate(fees):
        fee_text = "" if fee is None else _plain(fee)
        if not place:
            worth = [_plain(trade.value), names.quote_asset]
            amounts = [gave, gave_asset, got, got_asset, fee_text, asset]
            yield [date, *amounts, *worth, "", comment, trade.client_order_id]
        else:
            amounts = [fee_text, asset, "", "", "", ""]
            yield [date, *amounts, "", "", "cost", comment, f"{trade.client_order_id}-fee{place}"]


def _moved(trade: Trade, quote_asset: str) -> tuple[str, str, str, str]:
    """Give what was got and what was given for it, each with its asset."""
    coins, money = (_plain(trade.quantity), trade.coin), (_plain(trade.value), quote_asset)
    return (*coins, *money) if trade.side is Side.BUY else (*money, *coins)


def _plain(number: Decimal) -> str:
    return format(number, "f")


_Rows = Callable[[Trade, TaxNames, str], Iterator[list[str]]]
_LAYOUTS: Final[Mapping[TaxLayout, tuple[tuple[str, ...], _Rows]]] = MappingProxyType(
    {TaxLayout.COINTRACKING: (_COINTRACKING, _cointracking), TaxLayout.KOINLY: (_KOINLY, _koinly)}
)
