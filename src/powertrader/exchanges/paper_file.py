"""A paper account in a file: the whole of it is replaced at each change, or nothing."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.record_codec import decode, encode
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper_orders import PaperOrder

KIND: Final = "paper_account"
SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Holding:
    """How much of an asset the account has, bound or not."""

    asset: str
    total: Decimal


@dataclass(frozen=True, slots=True)
class AccountState:
    """Everything that a paper account remembers, holdings and orders in the order in which they came."""

    quote_asset: str
    holdings: tuple[Holding, ...]
    orders: tuple[PaperOrder, ...]


class PaperFile:
    """Where a paper account survives its process."""

    def __init__(self, path: Path, store: FileStore) -> None:
        """Bind the file, which need not exist."""
        self._path = path
        self._store = store
        self._lines: dict[str, tuple[PaperOrder, str]] = {}

    def load(self) -> AccountState | None:
        """Give what was saved, None when there is no file.

        Raises DataCorruptionError when it holds no paper account, or that of a newer PowerTrader. The
        file stays: a new account in its place would not be noticed.
        """
        raw = self._store.read_bytes(self._path)
        if raw is None:
            return None
        try:
            return _state(json.loads(raw))
        except (ValueError, RecursionError, BadData) as error:
            msg = (
                f"{self._path} holds no paper account: {str(error)[:300]}; "
                "put a backup in its place, or move it away to begin a new account"
            )
            raise DataCorruptionError(msg) from error

    def save(self, quote_asset: str, totals: Mapping[str, Decimal], orders: Iterable[PaperOrder]) -> None:
        """Replace the file, on the disk when this returns. Raises StorageError; then the old one is there."""
        head = {"schema": SCHEMA, "kind": KIND, "quote_asset": quote_asset}
        holdings = [encode(Holding(asset, total)) for asset, total in totals.items()]
        text = "".join(
            [
                json.dumps(head)[:-1],
                ',\n"holdings": ',
                json.dumps(holdings),
                ',\n"orders": [\n',
                ",\n".join([self._line(order) for order in orders]),
                "\n]}\n",
            ]
        )
        self._store.write_text(self._path, text, durable=True)

    def _line(self, order: PaperOrder) -> str:
        known = self._lines.get(order.client_order_id)
        if known is None or known[0] is not order:
            known = order, json.dumps(encode(order))
            self._lines[order.client_order_id] = known
        return known[1]


def _state(raw: object) -> AccountState:
    if not isinstance(raw, dict) or raw.get("kind") != KIND:
        msg = f"it is no {KIND}"
        raise BadData(msg)
    if raw.get("schema") != SCHEMA:
        msg = f"it has schema {raw.get('schema')!r}, this version reads {SCHEMA}"
        raise BadData(msg)
    state = decode(AccountState, {name: raw.get(name) for name in ("quote_asset", "holdings", "orders")})
    orders = {order.client_order_id: order for order in state.orders}
    alone = [one for one in orders.values() if one.other_leg and one.other_leg not in orders]
    if len(orders) != len(state.orders) or alone:
        msg = "an order comes twice, or one of a pair is missing"
        raise BadData(msg)
    return state
