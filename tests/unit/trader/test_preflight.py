"""What keeps coins from being bought is told before the first step."""

from decimal import Decimal

from powertrader.models.account import Account, Balance, Quote
from powertrader.models.instrument import Instrument
from powertrader.models.rules import TradingRules
from powertrader.trader.preflight import warnings_of

STEP = Decimal("0.001")
PAIRS = {
    "BTCUSDT": Instrument("BTCUSDT", "BTC", STEP, STEP, min_notional=Decimal(5)),
    "OFFUSDT": Instrument("OFFUSDT", "OFF", STEP, STEP, tradable=False, status="BREAK"),
    "DRYUSDT": Instrument("DRYUSDT", "DRY", STEP, STEP),
}
QUOTES = {"BTC": Quote(99.0, 100.0)}


def told(free: str, pct: float, *coins: str) -> tuple[str, ...]:
    account = Account((Balance("USDT", Decimal(free)),))
    return warnings_of(TradingRules(coins, start_allocation_pct=pct), account, "USDT", PAIRS, QUOTES)


def test_an_account_that_can_buy_is_told_nothing() -> None:
    assert told("10000", 0.5, "BTC") == ()


def test_the_originals_size_is_too_small_and_the_way_out_is_named() -> None:
    small, way_out = told("10000", 0.005, "BTC")
    assert "a first buy of 0.50 USDT is too small" in small
    assert "worth less than the venue's smallest order: 0.5 against 5" in small
    assert "0.005 is percent of the account" in way_out
    assert "--set start_allocation_pct=0.5" in way_out


def test_pairs_that_cannot_be_traded_are_named_with_the_reason() -> None:
    assert told("10000", 0.5, "OFF", "NOPE", "DRY") == (
        "OFF: the exchange has halted it (BREAK)",
        "NOPE: the exchange does not trade it against USDT",
        "DRY: the exchange names no price",
    )


def test_an_empty_account_is_told_first() -> None:
    first, *_ = told("0", 0.5, "BTC")
    assert first == "the account has no free USDT: nothing can be bought"
