"""What a user should know before the first step: which coins cannot be bought, and why."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from powertrader.core.verdicts import words_for
from powertrader.models.account import Account, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.entry_engine import EntryEngine
from powertrader.trader.sizing import Refusal, size_purchase


class Hindrance(StrEnum):
    """What keeps a coin from being bought."""

    PAIR = "pair"
    PRICE = "price"
    SIZE = "size"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A coin that cannot be bought now, and why, in plain words without the coin's name."""

    coin: CoinSymbol
    hindrance: Hindrance
    text: str


def obstacles_of(
    coins: Iterable[CoinSymbol],
    quote_asset: str,
    instruments: Mapping[str, Instrument],
    quotes: Mapping[CoinSymbol, Quote],
    amount: float,
) -> tuple[Obstacle, ...]:
    """Name the coins that cannot be bought for an amount of the quote asset."""
    found = [_obstacle(coin, quote_asset, instruments, quotes, amount) for coin in coins]
    return tuple([one for one in found if one is not None])


def warnings_of(
    rules: TradingRules,
    account: Account,
    quote_asset: str,
    instruments: Mapping[str, Instrument],
    quotes: Mapping[CoinSymbol, Quote],
) -> tuple[str, ...]:
    """Say in plain words what will keep coins from being bought with these settings and this account."""
    free = float(account.free(quote_asset))
    amount = EntryEngine(rules).calculate_entry_size(free)
    found = obstacles_of(rules.coins, quote_asset, instruments, quotes, amount)
    problems = [f"{one.coin}: {one.text}" for one in found]
    if free <= 0:
        problems.insert(0, f"the account has no free {quote_asset}: nothing can be bought")
    if any(one.hindrance is Hindrance.SIZE for one in found):
        problems.append(
            f"start_allocation_pct {rules.start_allocation_pct:g} is percent of the account, here "
            f"{amount:,.2f} {quote_asset}: raise it, for example --set start_allocation_pct=0.5"
        )
    return tuple(problems)


def _obstacle(
    coin: CoinSymbol,
    quote_asset: str,
    instruments: Mapping[str, Instrument],
    quotes: Mapping[CoinSymbol, Quote],
    amount: float,
) -> Obstacle | None:
    pair = instruments.get(coin + quote_asset)
    if pair is None:
        return Obstacle(coin, Hindrance.PAIR, f"the exchange does not trade it against {quote_asset}")
    if not pair.tradable:
        halted = f"the exchange has halted it ({pair.status or 'not traded now'})"
        return Obstacle(coin, Hindrance.PAIR, halted)
    quote = quotes.get(coin)
    if quote is None:
        return Obstacle(coin, Hindrance.PRICE, "the exchange names no price")
    sized = size_purchase(amount, quote.ask, pair, amount)
    if isinstance(sized, Refusal):
        small = f"a first buy of {amount:,.2f} {quote_asset} is too small for the exchange"
        return Obstacle(coin, Hindrance.SIZE, small + _why(sized))
    return None


def _why(refusal: Refusal) -> str:
    gate = refusal.gate
    if gate is None or gate.value is None or gate.limit is None:
        return ""
    return f" ({words_for(refusal.reason)}: {_plain(gate.value)} against {_plain(gate.limit)})"


def _plain(number: float) -> str:
    """Give an amount on at most eight decimals, without an exponent."""
    return f"{number:.8f}".rstrip("0").rstrip(".")
