"""What the account holds against what the ledger says: told, booked or frozen, never guessed."""

import logging
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final

from powertrader.models.account import Balance
from powertrader.models.instrument import FINEST_STEP
from powertrader.models.journal import HaltCause, Halted, QuoteBooked, Resumed, WrittenOff
from powertrader.models.money import decimal_of, fixed_text, product
from powertrader.models.order import OpenOrder, Side
from powertrader.models.position import NOTHING
from powertrader.models.types import CoinSymbol
from powertrader.trader.desk import Desk
from powertrader.trader.pairs import PairRules

log = logging.getLogger(__name__)
_TRACE: Final = Decimal("0.01")
_ABOUT: Final = Decimal("0.1")


class BalanceCheck:
    """Compares coins at the start and after a doubt, and the quote asset whenever no order is open."""

    def __init__(self, desk: Desk, pairs: PairRules) -> None:
        """Doubt every position once: an earlier run may be long ago."""
        self._desk = desk
        self._pairs = pairs
        self._doubted = set(desk.book.held)

    def doubt(self, coin: CoinSymbol) -> None:
        """Have a coin compared as soon as none of its orders is open."""
        self._doubted.add(coin)

    def compare(self, balances: Mapping[str, Balance], now: datetime) -> None:
        """Compare with an account answer that is younger than every fill in the book."""
        book = self._desk.book
        frozen = {coin for coin, halt in book.freezes.items() if coin and halt.cause is HaltCause.SHORTFALL}
        for coin in sorted(self._doubted | frozen):
            if any(order.intent.coin == coin for order in book.open_orders.values()):
                continue
            self._doubted.discard(coin)
            self._compare_coin(coin, held_of(balances, coin), now)
        if not book.open_orders:
            self._book_quote(held_of(balances, self._desk.quote_asset), now)

    def _compare_coin(self, coin: CoinSymbol, held: Decimal, now: datetime) -> None:
        desk = self._desk
        owned = desk.book.position(coin).quantity
        missing = owned - held
        fees = -desk.book.cash.get(coin, NOTHING)
        if missing > 0 and missing <= fees:
            text = f"{fixed_text(missing)} {coin} went into fees of orders of other coins"
            desk.note(WrittenOff(coin, missing, text, now))
            log.info("written off", extra={"coin": coin, "reason": text})
            missing = NOTHING
        if missing <= 0 or self._pairs.is_dust(desk.symbol(coin), missing):
            self._lift(coin, held, now)
            return
        self._freeze(coin, shortfall_text(coin, held, owned), now)

    def _freeze(self, coin: CoinSymbol, text: str, now: datetime) -> None:
        known = self._desk.book.freezes.get(coin)
        if known is None or known.reason != text:
            self._desk.note(Halted(coin, text, now, HaltCause.SHORTFALL))
            log.warning("coin frozen", extra={"coin": coin, "reason": text})

    def _lift(self, coin: CoinSymbol, held: Decimal, now: datetime) -> None:
        known = self._desk.book.freezes.get(coin)
        if known is not None and known.cause is HaltCause.SHORTFALL:
            text = f"the account holds {fixed_text(held)} {coin} now"
            self._desk.note(Resumed(coin, text, now, HaltCause.SHORTFALL))
            log.info("coin goes on", extra={"coin": coin, "reason": text})

    def _book_quote(self, held: Decimal, now: datetime) -> None:
        desk = self._desk
        asset = desk.quote_asset
        moved = held - desk.book.cash.get(asset, NOTHING)
        if abs(moved) < FINEST_STEP:
            return
        first = asset not in desk.book.deposits
        desk.note(QuoteBooked(asset, moved, now))
        kind = "opening balance" if first else "deposit" if moved > 0 else "withdrawal"
        log.info("%s: %s %s", kind, fixed_text(moved), asset)


def held_of(balances: Mapping[str, Balance], asset: str) -> Decimal:
    """Give all that an account holds of an asset, locked amounts included."""
    balance = balances.get(asset)
    return balance.free + balance.locked if balance else NOTHING


def shortfall_text(coin: CoinSymbol, held: Decimal, owned: Decimal) -> str:
    """Say in plain words that coins are missing, and what to do."""
    return (
        f"the account holds {fixed_text(held)} {coin}, the ledger says {fixed_text(owned)}: "
        f"{fixed_text(owned - held)} are missing. Bring them back, or let `powertrader adopt {coin}` "
        "write them off"
    )


def trace_of(
    order: OpenOrder, balances: Mapping[str, Balance], quote_asset: str, cash: Decimal | None
) -> str | None:
    """Say how the account shows an order that the venue does not know, None when it does not.

    cash is what the account must hold of the quote asset, None when that cannot be known now. A move
    of the coin in the order's direction counts when the quote asset moved against it or may have: an
    order can be executed for the least part of it. Alone it counts above one percent of the order,
    for fees of other orders move coins as well; of the quote asset alone about the order's value.
    """
    intent = order.intent
    coin, sign = intent.coin, 1 if intent.side is Side.BUY else -1
    after = held_of(balances, coin)
    now = held_of(balances, quote_asset)
    paid = None if cash is None else (cash - now) * sign
    before = order.coin_before
    if before is not None:
        least = NOTHING if paid is None or paid > 0 else intent.quantity * _TRACE
        if (after - before) * sign > least:
            return _trace_text(order, f"{fixed_text(before)} {coin}", f"{fixed_text(after)}")
    if cash is None or paid is None:
        return None
    value = product(intent.quantity, decimal_of(intent.expected_price))
    if abs(paid - value) <= value * _ABOUT:
        return _trace_text(order, f"{fixed_text(cash)} {quote_asset}", f"{fixed_text(now)}")
    return None


def vanished_text(order: OpenOrder) -> str:
    """Say that an accepted order cannot be found any more, and what to do."""
    intent = order.intent
    return (
        f"the venue took our order {intent.client_order_id} ({intent.side.value} {intent.quantity_text} "
        f"{intent.coin}) as its {order.order_id} and does not know it any more. Look at the venue's own "
        f"history, then `powertrader adopt {intent.coin}`"
    )


def _trace_text(order: OpenOrder, before: str, after: str) -> str:
    intent = order.intent
    return (
        f"the venue does not know our order {intent.client_order_id} ({intent.side.value} "
        f"{intent.quantity_text} {intent.coin}), but the account went from {before} to {after} as if it had "
        f"been executed. Look at the venue's own history, then `powertrader adopt {intent.coin}`"
    )
