"""What a user should know before the first step: which coins cannot be bought, and why."""

from collections.abc import Iterable, Iterator, Mapping

from powertrader.core.verdicts import words_for
from powertrader.models.account import Account, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.rules import TradingRules
from powertrader.models.types import CoinSymbol
from powertrader.trader.entry_engine import EntryEngine
from powertrader.trader.sizing import Refusal, size_purchase


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
    found = [_problem(coin, quote_asset, instruments, quotes, amount) for coin in rules.coins]
    problems = [problem for problem in found if problem]
    if free <= 0:
        problems.insert(0, f"the account has no free {quote_asset}: nothing can be bought")
    return tuple(_shortened(problems, quote_asset, amount, rules.start_allocation_pct))


def _problem(
    coin: CoinSymbol,
    quote_asset: str,
    instruments: Mapping[str, Instrument],
    quotes: Mapping[CoinSymbol, Quote],
    amount: float,
) -> str:
    pair = instruments.get(coin + quote_asset)
    if pair is None:
        return f"{coin}: the exchange does not trade it against {quote_asset}"
    if not pair.tradable:
        return f"{coin}: the exchange has halted it ({pair.status or 'not traded now'})"
    quote = quotes.get(coin)
    if quote is None:
        return f"{coin}: the exchange names no price"
    sized = size_purchase(amount, quote.ask, pair, amount)
    if isinstance(sized, Refusal):
        return f"{coin}: a first buy of {amount:,.2f} {quote_asset} is too small for the exchange" + _why(
            sized
        )
    return ""


def _why(refusal: Refusal) -> str:
    gate = refusal.gate
    if gate is None or gate.value is None or gate.limit is None:
        return ""
    return f" ({words_for(refusal.reason)}: {_plain(gate.value)} against {_plain(gate.limit)})"


def _plain(number: float) -> str:
    """Give an amount on at most eight decimals, without an exponent."""
    return f"{number:.8f}".rstrip("0").rstrip(".")


def _shortened(
    problems: Iterable[str], quote_asset: str, amount: float, allocation_pct: float
) -> Iterator[str]:
    """Give the problems, with a way out behind those of the size."""
    too_small = False
    for problem in problems:
        too_small = too_small or "too small" in problem
        yield problem
    if too_small:
        yield (
            f"start_allocation_pct {allocation_pct:g} is percent of the account, here {amount:,.2f} "
            f"{quote_asset}: raise it, for example --set start_allocation_pct=0.5"
        )
