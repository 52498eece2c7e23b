"""Whether the coins can be traded, and have candles to learn from."""

from collections.abc import Iterator, Sequence

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.findings import named
from powertrader.core.preflight import Check, CheckState
from powertrader.models.types import CoinSymbol
from powertrader.preflight.facts import Facts, MarketFacts
from powertrader.preflight.words import explained
from powertrader.trader.preflight import Hindrance, obstacles_of


def market_checks(facts: Facts) -> Iterator[Check]:
    """Judge the pairs of the venue that takes the orders, and those that the candles come from."""
    if facts.market is None:
        return
    yield _pairs(facts, facts.market)
    yield _candles(facts, facts.market)


def _pairs(facts: Facts, market: MarketFacts) -> Check:
    trading = facts.config.trading
    if isinstance(market.instruments, PowerTraderError):
        return Check("pairs", CheckState.FAILED, *explained(market.instruments, trading.mode))
    if isinstance(market.quotes, PowerTraderError):
        return Check("pairs", CheckState.FAILED, *explained(market.quotes, trading.mode))
    found = obstacles_of(trading.coins, trading.quote_asset, market.instruments, market.quotes, 0.0)
    closed = [one for one in found if one.hindrance is not Hindrance.SIZE]
    if not closed:
        text = f"{facts.venue} trades all {len(trading.coins)} coins against {trading.quote_asset} now."
        return Check("pairs", CheckState.OK, text)
    text = f"{_of_all(closed, trading.coins)} cannot be bought: {named([one.coin for one in closed])}."
    first = f" {closed[0].text[0].upper()}{closed[0].text[1:]}."
    if len(closed) > 1:
        first = f" Of {closed[0].coin}: {closed[0].text}."
    fix = "Take them out of the coins (trading.coins), or wait where a pair is only halted."
    return Check("pairs", _severity(closed, trading.coins), text + first, fix)


def _candles(facts: Facts, market: MarketFacts) -> Check:
    trading, source = facts.config.trading, facts.config.exchange.candles_from
    known = market.candle_coins
    if isinstance(known, PowerTraderError):
        return Check("candles", CheckState.FAILED, *explained(known, trading.mode))
    missing = [coin for coin in trading.coins if coin not in known]
    if not missing:
        return Check("candles", CheckState.OK, f"{source} has candles of all {len(trading.coins)} coins.")
    text = f"{source} does not know {_of_all(missing, trading.coins)}: {named(missing)}. They get no signals."
    fix = "Take them out of the coins, or take the candles from another venue (exchange.candles_from)."
    return Check("candles", _severity(missing, trading.coins), text, fix)


def _severity(hit: Sequence[object], coins: Sequence[CoinSymbol]) -> CheckState:
    """Fail when no coin is left."""
    return CheckState.FAILED if len(hit) >= len(coins) else CheckState.WARNING


def _of_all(hit: Sequence[object], coins: Sequence[CoinSymbol]) -> str:
    return f"{len(hit)} of {len(coins)} coins"
