"""What stands beside a setting: what its value comes to in money, and what it may do that nobody wants."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.constants import TRAINING_STALE_DAYS
from powertrader.core.cutover import is_ours
from powertrader.hub.settings_money import (
    PERCENT,
    Means,
    both_fees_pct,
    coins_carried,
    first_buy,
    ladder,
    least_days,
    stages_carried,
    trail_line,
    trail_start,
)
from powertrader.hub.text import text

EXAMPLE: Final = 100.0
"""Of prices and amounts."""
EXAMPLE_RISE_PCT: Final = 5.0
"""How far above its start the price of the trailing example rises."""
_MOST_NAMED: Final = 6
_SMALL: Final = 0.01


@dataclass(frozen=True, slots=True)
class Hint:
    """A line beside a setting; a warning is something that the user may not want."""

    words: str
    warning: bool = False


def hints(name: str, config: TradingConfig, means: Means) -> tuple[Hint, ...]:
    """Give the lines beside a setting; none for most of them."""
    made = _HINTS.get(name)
    return tuple(made(config, means)) if made else ()


def amount(value: float) -> str:
    """Write an amount of money; one below a cent with its first digits."""
    return f"{value:,.2f}" if value >= _SMALL or value == 0 else f"{value:.2g}"


def number(value: float) -> str:
    """Write a number without needless digits."""
    return f"{value:,.10g}"


def _first_buy(config: TradingConfig, means: Means) -> Iterator[Hint]:
    if means.account is None:
        yield Hint(text("settings.money.no_account"))
        return
    pct = config.entry.start_allocation_pct
    buy, coins = first_buy(means.account, pct), len(config.trading.coins)
    sum_ = text(
        "settings.money.share",
        pct=number(pct),
        account=number(round(means.account, 2)),
        quote=means.quote,
        share=amount(buy.share),
    )
    if buy.raised:
        sum_ = text("settings.money.raised", sum=sum_, spent=amount(buy.spent))
    if buy.spent < means.least_order:
        least = amount(means.least_order)
        yield Hint(text("settings.money.skipped", sum=sum_, venue=_venue(config), least=least), warning=True)
        return
    all_coins = buy.spent * coins
    yield Hint(text("settings.money.all_coins", sum=sum_, coins=coins, all=amount(all_coins)))
    if all_coins > means.account:
        yield Hint(text("settings.money.too_much", coins=coins), warning=True)


def _levels(config: TradingConfig, means: Means) -> Iterator[Hint]:
    if means.account is None:
        yield Hint(text("settings.money.no_account"))
        return
    first = first_buy(means.account, config.entry.start_allocation_pct).spent
    rungs = ladder(first, config.dca.levels, config.dca.multiplier)
    coins, whole = len(config.trading.coins), rungs[-1].total
    values = {"quote": means.quote, "stages": len(rungs), "coins": coins, "account": amount(means.account)}
    yield Hint(text("settings.money.ladder", first=amount(first), total=amount(whole), **values))
    carried = coins_carried(means.account, whole, coins)
    if carried == coins:
        yield Hint(text("settings.money.carries_all", **values))
    elif carried:
        yield Hint(text("settings.money.carries", carried=carried, **values), warning=True)
    else:
        alone = stages_carried(means.account, rungs, 1)
        yield Hint(text("settings.money.carries_none", alone=alone, **values), warning=True)
    together = stages_carried(means.account, rungs, coins)
    if carried < coins:
        yield Hint(text("settings.money.together", together=together, **values), warning=True)


def _multiplier(config: TradingConfig, means: Means) -> Iterator[Hint]:
    if means.account is None:
        return
    first = first_buy(means.account, config.entry.start_allocation_pct).spent
    rung = ladder(first, config.dca.levels[:1], config.dca.multiplier)[0]
    worth = first * rung.price / EXAMPLE
    yield Hint(
        text(
            "settings.money.multiplier",
            first=amount(first),
            worth=amount(worth),
            spent=amount(rung.spent),
            quote=means.quote,
            level=number(-rung.level_pct),
        )
    )
    if rung.spent < means.least_order:
        least = amount(means.least_order)
        yield Hint(text("settings.money.dca_skipped", venue=_venue(config), least=least), warning=True)


def _window(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    stages, most = len(config.dca.levels), config.dca.max_buys_per_24h
    days = least_days(stages, most)
    if days is None:
        yield Hint(text("settings.money.no_dca"), warning=True)
    else:
        yield Hint(text("settings.money.window", stages=stages, most=most, days=days))


def _start_no_dca(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    return _start(config, config.trailing.start_pct_no_dca)


def _start_with_dca(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    return _start(config, config.trailing.start_pct_with_dca)


def _start(config: TradingConfig, start_pct: float) -> Iterator[Hint]:
    fees = both_fees_pct(config)
    start = amount(trail_start(EXAMPLE, start_pct))
    yield Hint(text("settings.money.start", basis=amount(EXAMPLE), start=start, fees=number(fees)))
    if start_pct <= fees:
        yield Hint(text("settings.money.loses", fees=number(fees)), warning=True)


def _gap(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    start_pct, gap_pct = config.trailing.start_pct_no_dca, config.trailing.gap_pct
    peak = trail_start(EXAMPLE, start_pct) * (1 + EXAMPLE_RISE_PCT / PERCENT)
    line = trail_line(EXAMPLE, start_pct, peak, gap_pct)
    yield Hint(text("settings.money.gap", basis=amount(EXAMPLE), peak=amount(peak), line=amount(line)))


def _fee(pct: float, given: float | None, config: TradingConfig, means: Means) -> Iterator[Hint]:
    key = "settings.money.fee" if given is not None else "settings.money.tier_fee"
    values = {"tier": config.costs.tier, "pct": number(pct), "quote": means.quote}
    yield Hint(text(key, fee=amount(EXAMPLE * pct / PERCENT), amount=amount(EXAMPLE), **values))


def _maker(config: TradingConfig, means: Means) -> Iterator[Hint]:
    return _fee(config.costs.model.maker_pct, config.costs.maker_pct, config, means)


def _taker(config: TradingConfig, means: Means) -> Iterator[Hint]:
    return _fee(config.costs.model.taker_pct, config.costs.taker_pct, config, means)


def _replayed_buy(config: TradingConfig, means: Means) -> Iterator[Hint]:
    pct, account = config.replay.start_allocation_pct, config.replay.start_quote
    share = amount(first_buy(account, pct).share)
    values = {"pct": number(pct), "account": number(account), "quote": means.quote}
    yield Hint(text("settings.money.share", share=share, **values))


def _retraining(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    if config.trainer.retrain_days > TRAINING_STALE_DAYS:
        yield Hint(text("settings.money.too_old", days=TRAINING_STALE_DAYS), warning=True)


def _share(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    ours = [coin for coin in config.trading.coins if is_ours(coin, config.cutover)]
    named = ", ".join(ours[:_MOST_NAMED]) + (" ..." if len(ours) > _MOST_NAMED else "")
    coins = len(config.trading.coins)
    yield Hint(text("settings.money.ours", ours=len(ours), coins=coins, named=named or "-"))


def _coins(config: TradingConfig, _means: Means) -> Iterator[Hint]:
    yield Hint(text("settings.money.coins", coins=len(config.trading.coins)))


def _venue(config: TradingConfig) -> str:
    name = config.exchange.broker
    return "Binance" if name == "binance" else name.removeprefix("ccxt:")


_HINTS: Final[Mapping[str, Callable[[TradingConfig, Means], Iterator[Hint]]]] = {
    "trading.coins": _coins,
    "entry.start_allocation_pct": _first_buy,
    "dca.levels": _levels,
    "dca.multiplier": _multiplier,
    "dca.max_buys_per_24h": _window,
    "trailing.start_pct_no_dca": _start_no_dca,
    "trailing.start_pct_with_dca": _start_with_dca,
    "trailing.gap_pct": _gap,
    "trainer.retrain_days": _retraining,
    "costs.maker_pct": _maker,
    "costs.taker_pct": _taker,
    "replay.start_allocation_pct": _replayed_buy,
    "cutover.share_pct": _share,
}
