"""The administration of accounts: open, pay in and out, keys, fees, and what everybody holds."""

from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

from powertrader.core.exceptions import ConfigError
from powertrader.simexchange.admin_wishes import (
    AccountWish,
    AmountWish,
    FeesWish,
    KeyWish,
    RightsWish,
    SymbolWish,
)
from powertrader.simexchange.binance_orders import order_content, trade_content
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.orders import Order, Query, Trade
from powertrader.simexchange.rights import Rights
from powertrader.simexchange.signing import ApiKey, KeyKind
from powertrader.simexchange.symbol_rules import text_of

_EVERYTHING: Final = 10_000_000


class AccountDesk:
    """What an administrator may do to accounts and pairs; every method gives what is sent back as JSON."""

    def __init__(self, exchange: LocalExchange) -> None:
        """Administer the accounts of one exchange."""
        self._exchange = exchange

    async def accounts(self, _request: Request) -> object:
        """List the accounts."""
        return {"accounts": list(self._exchange.venue.accounts())}

    async def open_account(self, request: Request) -> object:
        """Open an account and give its first key."""
        wish = AccountWish.model_validate_json(await request.body())
        if wish.name in self._exchange.venue.accounts():
            msg = f"account {wish.name} exists already; choose another name"
            raise ConfigError(msg)
        self._exchange.venue.deposit(wish.name, self._exchange.quote_asset, wish.quote)
        return _key(self._exchange.keys.issue(wish.name))

    async def account(self, request: Request) -> object:
        """Give everything an account holds and ever ordered."""
        name = self._account(request)
        venue = self._exchange.venue
        queries = [Query(symbol, 0, limit=_EVERYTHING) for symbol in self._exchange.pairs]
        orders = sorted((one for query in queries for one in venue.orders(name, query)), key=_order_number)
        trades = sorted((one for query in queries for one in venue.trades(name, query)), key=_trade_number)
        return {
            "balances": [
                {"asset": one.asset, "free": text_of(one.free), "locked": text_of(one.locked)}
                for one in venue.balances(name)
            ],
            "orders": [order_content(one) for one in orders],
            "trades": [trade_content(one) for one in trades],
        }

    async def deposit(self, request: Request) -> object:
        """Pay into an account."""
        wish = AmountWish.model_validate_json(await request.body())
        self._exchange.venue.deposit(self._account(request), wish.asset, wish.quantity)
        return {}

    async def withdraw(self, request: Request) -> object:
        """Take out of an account."""
        wish = AmountWish.model_validate_json(await request.body())
        self._exchange.venue.withdraw(self._account(request), wish.asset, wish.quantity)
        return {}

    async def add_key(self, request: Request) -> object:
        """Give an account another key."""
        wish = KeyWish.model_validate_json(await request.body() or b"{}")
        account, keys = self._account(request), self._exchange.keys
        if wish.public_key is None:
            return _key(keys.issue(account))
        return _key(keys.register(account, wish.public_key))

    async def revoke_key(self, request: Request) -> object:
        """Take a key away."""
        return {"revoked": self._exchange.keys.revoke(str(request.path_params["api_key"]))}

    async def set_fees(self, request: Request) -> object:
        """Say from which asset an account's fees are taken."""
        wish = FeesWish.model_validate_json(await request.body())
        self._exchange.venue.set_fee_asset(self._account(request), wish.fee_asset)
        return {}

    async def set_rights(self, request: Request) -> object:
        """Say what the keys of an account may do from now on; a restart forgets it."""
        wish = RightsWish.model_validate_json(await request.body())
        self._exchange.rights[self._account(request)] = Rights(**wish.model_dump())
        return {}

    async def change_symbol(self, request: Request) -> object:
        """Halt or resume a pair, or say what happens to its next market order."""
        wish = SymbolWish.model_validate_json(await request.body())
        venue, symbol = self._exchange.venue, str(request.path_params["symbol"])
        self._exchange.coin_of(symbol)
        if wish.halted is not None:
            (venue.halt if wish.halted else venue.resume)(symbol)
        if wish.expire_next is not None:
            venue.expire_next(symbol, wish.expire_next)
        if wish.slow_next_s is not None:
            venue.slow_next(symbol, wish.slow_orders, wish.slow_next_s)
        return {}

    async def totals(self, _request: Request) -> object:
        """Tell where every asset is: paid in, held by accounts, taken as fees, gained by the market."""
        found = self._exchange.venue.totals()
        return {
            asset: {
                "paid_in": text_of(one.paid_in),
                "accounts": text_of(one.accounts),
                "fees": text_of(one.fees),
                "market": text_of(one.market),
            }
            for asset, one in found.items()
        }

    def _account(self, request: Request) -> str:
        name = str(request.path_params["account"])
        if name not in self._exchange.venue.accounts():
            msg = f"there is no account {name}; open it first"
            raise ConfigError(msg)
        return name


def _key(key: ApiKey) -> Mapping[str, object]:
    """Give a new key; its secret is told here and nowhere else."""
    secret = {"api_secret": key.proof} if key.kind is KeyKind.HMAC else {}
    return {"api_key": key.api_key, "account": key.account, "kind": key.kind.value, **secret}


def _order_number(order: Order) -> int:
    return order.order_id


def _trade_number(trade: Trade) -> int:
    return trade.trade_id
