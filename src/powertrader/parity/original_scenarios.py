"""Which cases a user's original scripts are compared on: recorded ones, made-up ones, the user's candles."""

import random
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.core.exceptions import BadData
from powertrader.market.candle_files import load_folder
from powertrader.market.candle_name import CandleName, format_of
from powertrader.market.synthetic import SYNTHETIC_COINS, synthetic_candles
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol
from powertrader.parity.case import Case, load_cases
from powertrader.parity.original_made import rows_of, thinker_case, trainer_case
from powertrader.parity.original_made_trades import Prices, trader_case, wandering_prices

MOST_ROWS: Final = 5000
"""Candles of one timeframe that a script learns in minutes: its work grows with their square."""

_MADE_UP_FROM: Final = datetime(2024, 1, 1, tzinfo=UTC)
_MADE_UP_HOURS: Final = 2_600
_MADE_UP_ROWS: Final = 250
_OWN_ROWS: Final = 600
"""Most candles of a timeframe that are served from a user's own."""
_PRICES: Final = 60
_TRADED: Final = ("BTC", "ETH", "XRP")


def recorded_scenarios(folder: Path, kinds: Collection[str], *, with_long: bool) -> Iterator[Case]:
    """Give the inputs of the recorded cases of some kinds; those that take very long only with_long.

    Raises BadData when the folder holds no cases or one that cannot be read.
    """
    for case in load_cases(folder):
        if case.kind in kinds and (with_long or not _is_long(case)):
            yield case


def made_scenarios(count: int, seed: int, kinds: Collection[str]) -> Iterator[Case]:
    """Give `count` made-up markets as cases of each kind; the same seed gives the same ones."""
    for number in range(seed, seed + count):
        candles = {
            coin: synthetic_candles(coin, seed=number, start=_MADE_UP_FROM, count=_MADE_UP_HOURS)
            for coin in SYNTHETIC_COINS
        }
        name = f"seed_{number}"
        prices = wandering_prices(_TRADED, _chance(f"{name} prices"))
        yield from _from_candles(name, candles, _MADE_UP_ROWS, prices, kinds)


def candle_scenarios(folder: Path, kinds: Collection[str]) -> Iterator[Case]:
    """Give cases made from a user's candle files in USDT, all coins of the folder.

    Raises BadData when the folder holds no candle files, or too few candles for the original.
    """
    coins = sorted(set(_coins_in(folder)))
    if not coins:
        msg = f"{folder} holds no candle files in {QUOTE_ASSET}, such as BTC{QUOTE_ASSET}-1h.csv.gz"
        raise BadData(msg)
    files = load_folder(folder, coins, QUOTE_ASSET, repair=True)
    candles = {coin: file.candles for coin, file in files.items()}
    prices: Prices = {coin: [float(price) for price in one.close[-_PRICES:]] for coin, one in candles.items()}
    yield from _from_candles("candles", candles, _OWN_ROWS, prices, kinds)


def _from_candles(
    name: str,
    candles: Mapping[CoinSymbol, Candles],
    most: int,
    prices: Prices,
    kinds: Collection[str],
) -> Iterator[Case]:
    sources = [rows_of(coin, one, most) for coin, one in candles.items()]
    if "trainer" in kinds:
        yield from (trainer_case(name, source, _chance(f"{name} {source.coin}")) for source in sources)
    if "thinker" in kinds:
        yield thinker_case(name, sources, _chance(f"{name} thinker"))
    if "trader" in kinds:
        yield trader_case(name, prices, sources[0].now, _chance(f"{name} trader"))


def _chance(name: str) -> random.Random:
    """Give a source of chance that its name alone decides."""
    return random.Random(name)  # noqa: S311  a repeatable scenario needs no cryptography


def _coins_in(folder: Path) -> Iterator[CoinSymbol]:
    if not folder.is_dir():
        msg = f"{folder} is no folder, must hold candle files such as BTC{QUOTE_ASSET}-1h.csv.gz"
        raise BadData(msg)
    for path in folder.iterdir():
        if format_of(path) is None:
            continue
        with suppress(BadData):
            name = CandleName.parse(path.name)
            if name.quote == QUOTE_ASSET:
                yield name.coin


def _is_long(case: Case) -> bool:
    klines: dict[str, Sequence[object]] = case.inputs.get("klines", {})
    return any(len(rows) > MOST_ROWS for rows in klines.values())
