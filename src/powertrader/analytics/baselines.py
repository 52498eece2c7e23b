"""What the same money would have come to without a bot: bought once and held, or bought in equal parts.

Prices are those of the ledger's own trades, so nothing else is needed and nobody can pick better ones.
Both baselines pay the bot's own average fee, buy fractions of any size, never sell but for withdrawals,
and keep coins that were handed over, which count as in the statement: at their cost while nobody tells a
price.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from powertrader.analytics.profit import Flow, LedgerSums
from powertrader.models.order import Side
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class Baseline:
    """What came of one way: profit in the quote asset, and in percent of all that was put in by then.

    equity is what it would be worth now, cash the part that was never spent.
    """

    equity: float
    cash: float
    profit: float
    profit_pct: float | None


@dataclass(frozen=True, slots=True)
class Baselines:
    """Both ways, None while nothing was traded; fee_pct is what each purchase was taken to cost."""

    hold: Baseline | None = None
    plain_dca: Baseline | None = None
    fee_pct: float = 0.0


@dataclass(slots=True)
class _Wallet:
    cash: float = 0.0
    coins: dict[CoinSymbol, float] = field(default_factory=dict)

    def buy(self, coin: CoinSymbol, money: float, price: float, kept: float) -> None:
        """Spend money on a coin; kept is the share of it that fees leave."""
        self.cash -= money
        self.coins[coin] = self.coins.get(coin, 0.0) + money * kept / price

    def take(self, amount: float, prices: Mapping[CoinSymbol, float]) -> None:
        """Withdraw: cash first, then the same share of every coin at the prices of that time."""
        from_cash = min(amount, self.cash)
        self.cash -= from_cash
        worth = self.worth(prices)
        share = min((amount - from_cash) / worth, 1.0) if worth > 0 else 0.0
        self.coins = {coin: quantity * (1 - share) for coin, quantity in self.coins.items()}

    def worth(self, prices: Mapping[CoinSymbol, float]) -> float:
        """Give what the coins are worth."""
        return sum(quantity * prices.get(coin, 0.0) for coin, quantity in self.coins.items())


@dataclass(frozen=True, slots=True)
class _Purchase:
    at: datetime
    coin: CoinSymbol
    price: float


@dataclass(frozen=True, slots=True)
class _Past:
    """The prices at which each coin was traded, oldest first, and of coins handed over what each cost."""

    trades: Mapping[CoinSymbol, Sequence[tuple[datetime, float]]]
    basis: Mapping[CoinSymbol, float]

    def prices(self, at: datetime) -> dict[CoinSymbol, float]:
        """Give the price of every coin at a time; one that was never traded counts at its cost."""
        return {**self.basis, **{coin: _price_at(points, at) for coin, points in self.trades.items()}}

    def newest(self, prices: Mapping[CoinSymbol, float]) -> dict[CoinSymbol, float]:
        """Give what each coin counts at now, where prices are those that somebody told."""
        known = {**self.basis, **{coin: points[-1][1] for coin, points in self.trades.items()}}
        return {coin: prices.get(coin, price) for coin, price in known.items()}


def baselines(trades: Iterable[Trade], sums: LedgerSums, prices: Mapping[CoinSymbol, float]) -> Baselines:
    """Compare: trades oldest first and of this ledger only, prices what a sale gets now.

    hold: every deposit is spent at once, in equal parts on every coin the bot ever traded, each at the
    price of its first trade from then on. plain_dca: every deposit is spent in equal parts at the
    moments at which the bot bought from then on, on the coin and at the price of that purchase.
    """
    known = [trade for trade in trades if trade.price]
    bought = [_Purchase(one.timestamp, one.coin, one.price or 0.0) for one in known if one.side is Side.BUY]
    if not bought:
        return Baselines()
    past = _past_of(known, sums.flows)
    now = past.newest(prices)
    turnover = float(sum(one.spent + one.received for one in sums.coins.values()))
    fee = float(sum(one.fees for one in sums.coins.values())) / turnover if turnover else 0.0
    kept = 1 - min(fee, 1.0)
    return Baselines(
        _told(_hold(past, sums.flows, kept), sums.flows, now),
        _told(_plain_dca(bought, past, sums.flows, kept), sums.flows, now),
        fee * 100,
    )


def _hold(past: _Past, flows: Iterable[Flow], kept: float) -> _Wallet:
    wallet = _Wallet()
    for flow in flows:
        _move(wallet, flow, past)
        if not flow.coin and flow.amount > 0:
            prices = past.prices(flow.at)
            for coin in past.trades:
                wallet.buy(coin, float(flow.amount) / len(past.trades), prices[coin], kept)
    return wallet


def _plain_dca(bought: Sequence[_Purchase], past: _Past, flows: Iterable[Flow], kept: float) -> _Wallet:
    """Spend, at each purchase, an equal part of what is there on all that are still to come."""
    wallet, waiting = _Wallet(), list(flows)
    for number, purchase in enumerate(bought):
        while waiting and waiting[0].at <= purchase.at:
            _move(wallet, waiting.pop(0), past)
        part = max(wallet.cash, 0.0) / (len(bought) - number)
        wallet.buy(purchase.coin, part, purchase.price, kept)
    for flow in waiting:
        _move(wallet, flow, past)
    return wallet


def _move(wallet: _Wallet, flow: Flow, past: _Past) -> None:
    if flow.coin:
        wallet.coins[flow.coin] = wallet.coins.get(flow.coin, 0.0) + float(flow.quantity)
    elif flow.amount < 0:
        wallet.take(-float(flow.amount), past.prices(flow.at))
    else:
        wallet.cash += float(flow.amount)


def _past_of(trades: Iterable[Trade], flows: Iterable[Flow]) -> _Past:
    found: dict[CoinSymbol, list[tuple[datetime, float]]] = {}
    for trade in trades:
        found.setdefault(trade.coin, []).append((trade.timestamp, trade.price or 0.0))
    handed = {flow.coin: float(flow.amount / flow.quantity) for flow in flows if flow.coin and flow.quantity}
    return _Past(found, handed)


def _price_at(points: Sequence[tuple[datetime, float]], at: datetime) -> float:
    """Give the price of the first trade from a time on, that of the last trade where there is none."""
    place = bisect_left(points, at, key=lambda point: point[0])
    return points[min(place, len(points) - 1)][1]


def _told(wallet: _Wallet, flows: Iterable[Flow], now: Mapping[CoinSymbol, float]) -> Baseline:
    known = tuple(flows)
    put_in = float(sum(flow.amount for flow in known))
    came = float(sum(flow.amount for flow in known if flow.amount > 0))
    equity = wallet.cash + wallet.worth(now)
    profit = equity - put_in
    return Baseline(equity, wallet.cash, profit, profit / came * 100 if came else None)
