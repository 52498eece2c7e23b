"""What a paper account holds, binds and has ordered; each change happens whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from powertrader.core.exceptions import ConfigError, InsufficientFundsError
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_orders import PaperOrder, locked_by
from powertrader.models.account import Account, Balance
from powertrader.models.costs import CostModel
from powertrader.models.money import ZERO
from powertrader.models.types import CoinSymbol

Moves = Sequence[tuple[str, Decimal]]


class PaperAccount:
    """Holdings and orders. With a file, a change is saved before it counts."""

    def __init__(
        self, quote_asset: str, costs: CostModel, holdings: Mapping[str, Decimal], file: PaperFile | None
    ) -> None:
        """Open an account with these holdings, unless the file has one.

        Raises ConfigError when the file's account is in another quote asset, and as PaperFile.load does.
        """
        self._quote_asset = quote_asset
        self._costs = costs
        self._file = file
        saved = file.load() if file is not None else None
        if saved is not None and saved.quote_asset != quote_asset:
            msg = f"the paper account is in {saved.quote_asset}, the settings say {quote_asset}"
            raise ConfigError(msg + "; set trading.quote_asset back or use another home")
        self._totals = (
            dict(holdings) if saved is None else {held.asset: held.total for held in saved.holdings}
        )
        self._orders = {} if saved is None else {order.client_order_id: order for order in saved.orders}
        self._open = {name: order for name, order in self._orders.items() if order.is_open}
        self._locked = locked_by(self._open.values(), quote_asset, costs)
        self._account: Account | None = None

    @property
    def open_orders(self) -> tuple[PaperOrder, ...]:
        """The orders that wait in the book, in order of creation."""
        return tuple(self._open.values())

    @property
    def order_count(self) -> int:
        """How many orders there ever were."""
        return len(self._orders)

    def orders(self) -> Iterable[PaperOrder]:
        """Give every order, in order of creation."""
        return self._orders.values()

    def order(self, client_order_id: str) -> PaperOrder | None:
        """Give an order by the id that we gave it."""
        return self._orders.get(client_order_id)

    def total(self, asset: str) -> Decimal:
        """Give how much of an asset is held, bound or not."""
        return self._totals.get(asset, ZERO)

    def account(self) -> Account:
        """Give all balances, in the order in which the account first held them; made anew after a change."""
        if self._account is None:
            self._account = Account(tuple([self._balance(asset) for asset in self._totals]))
        return self._account

    def commit(self, orders: Sequence[PaperOrder], moves: Moves = ()) -> None:
        """Take over orders and move money.

        Raises InsufficientFundsError when less is free than moves away or is bound, StorageError when it
        cannot be saved; then nothing has changed.
        """
        still_open = {**self._open, **{order.client_order_id: order for order in orders}}
        still_open = {name: order for name, order in still_open.items() if order.is_open}
        locked = locked_by(still_open.values(), self._quote_asset, self._costs) if still_open else {}
        totals = dict(self._totals)
        for asset, amount in moves:
            totals[asset] = totals.get(asset, ZERO) + amount
        self._refuse_shortage(totals, locked)
        if self._file is not None:
            every = {**self._orders, **{order.client_order_id: order for order in orders}}
            self._file.save(self._quote_asset, totals, every.values())
        self._totals, self._locked, self._open = totals, locked, still_open
        self._orders.update([(order.client_order_id, order) for order in orders])
        self._account = None

    def note_seen(self, orders: Sequence[PaperOrder]) -> None:
        """Remember how far orders were looked at; it is saved with the next change."""
        changed = {order.client_order_id: order for order in orders}
        self._open.update(changed)
        self._orders.update(changed)

    def _refuse_shortage(self, totals: Mapping[str, Decimal], locked: Mapping[str, Decimal]) -> None:
        for asset in (*totals, *(asset for asset in locked if asset not in totals)):
            free_before = self._free(asset)
            free = totals.get(asset, ZERO) - locked.get(asset, ZERO)
            if free < 0 and free < free_before:
                needed = free_before - free
                msg = f"{asset} {free_before} is less than the {needed} that the order needs"
                raise InsufficientFundsError(msg)

    def _free(self, asset: CoinSymbol) -> Decimal:
        return self._totals.get(asset, ZERO) - self._locked.get(asset, ZERO)

    def _balance(self, asset: CoinSymbol) -> Balance:
        locked = self._locked.get(asset, ZERO)
        return Balance(asset, self._totals[asset] - locked, locked)
