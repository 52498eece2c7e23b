"""A made-up market that needs no network: the same seed gives the same bytes everywhere.

Only the raw bits of PCG64 are drawn and only + - * / is calculated with, which IEEE 754 rounds the same
on every platform; normal-like numbers are sums of twelve uniform ones. Prices are whole ticks.
Every coin shares one market stream, placed by absolute time, so that coins move together. The market
has calm and wild weeks, falls and rises, jumps, fat tails, and is pulled back to a level that wanders:
prices swing around it, as entries, DCA buys and exits need.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

import numpy as np

from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol, FloatArray, IntArray

SYNTHETIC_COINS: Final[tuple[CoinSymbol, ...]] = ("BTC", "ETH")
_DRAWS_PER_CANDLE: Final = 32
_NORMAL_TERMS: Final = 12
_REGIME_S: Final = 4 * 86400
_HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True)
class _Character:
    """How a coin behaves: first price, its ticks per 1.0, share of the market's moves, volume per hour."""

    price: float
    ticks_per_unit: int
    beta: float
    own: float
    volume: float


@dataclass(frozen=True, slots=True)
class _Regime:
    """The weather of some days: drift per hour and factor of the usual volatility."""

    drift: float
    volatility: float


_CHARACTERS: Final[Mapping[str, _Character]] = {
    "BTC": _Character(42_000.0, 100, 1.0, 0.35, 1_800.0),
    "ETH": _Character(2_800.0, 100, 1.15, 0.55, 22_000.0),
    "BNB": _Character(410.0, 100, 0.95, 0.6, 30_000.0),
    "SOL": _Character(105.0, 1_000, 1.5, 0.9, 160_000.0),
    "XRP": _Character(0.62, 10_000, 1.1, 0.8, 9_000_000.0),
    "DOGE": _Character(0.12, 100_000, 1.3, 0.9, 60_000_000.0),
}
_UNKNOWN_PRICES: Final = ((35.0, 1_000), (4.2, 10_000), (0.8, 10_000), (0.05, 1_000_000))
_REGIMES: Final = (
    _Regime(0.0, 0.5),
    _Regime(0.0, 1.0),
    _Regime(0.0006, 0.9),
    _Regime(0.0012, 1.4),
    _Regime(-0.0006, 1.1),
    _Regime(-0.0013, 2.0),
)
_HOURLY_VOLATILITY: Final = 0.0048
_MEMORY_OF_VOLATILITY: Final = 0.9
_JUMP_CHANCE: Final = 0.0015
_JUMP_SIZE: Final = 0.035
_WILD_CHANCE: Final = 0.06
_WILD_FACTOR: Final = 2.4
_LARGEST_MOVE: Final = 0.25
_PULL: Final = 0.012
_ANCHOR_PULL: Final = 0.0008


def synthetic_candles(
    coin: CoinSymbol, *, seed: int, start: datetime, count: int, interval_s: int = _HOUR_S
) -> Candles:
    """Make count candles of a coin; more candles of the same seed and start begin with the same ones.

    start: open time of the first candle, aware. interval_s: seconds per candle.
    Raises ValueError when start is naive or off the grid of interval_s, or count is below 1.
    """
    if start.tzinfo is None or start.timestamp() % interval_s or start.timestamp() < 0:
        msg = f"start {start} must be an aware time since 1970 on a multiple of {interval_s} s"
        raise ValueError(msg)
    if count < 1:
        msg = f"count was {count}, must be at least 1"
        raise ValueError(msg)
    first = int(start.timestamp()) // interval_s
    character = _character_of(coin)
    own = _uniforms(f"{seed}/{coin}/{interval_s}", first, count)
    opened_at = (first + np.arange(count, dtype=np.int64)) * interval_s
    moves = _shared_moves(seed, first, count, interval_s)
    closes = np.array(list(_prices(character, moves, _normals(own))))
    return _candles(character, closes, _Wicks(own[:, 12:16], moves[1]), opened_at, interval_s)


@lru_cache(maxsize=1)
def _shared_moves(seed: int, first: int, count: int, interval_s: int) -> FloatArray:
    """Give the market's moves, which are the same for every coin: made once where many are asked for."""
    common = _uniforms(f"{seed}/market/{interval_s}", first, count)
    opened_at = (first + np.arange(count, dtype=np.int64)) * interval_s
    moves = _market_moves(seed, opened_at, common, math.sqrt(interval_s / _HOUR_S))
    moves.setflags(write=False)
    return moves


@dataclass(frozen=True, slots=True, eq=False)
class _Wicks:
    """What decides shadows and volume: four uniform columns and the volatility of each candle."""

    uniforms: FloatArray
    volatility: FloatArray


def _character_of(coin: CoinSymbol) -> _Character:
    known = _CHARACTERS.get(coin)
    if known is not None:
        return known
    digest = hashlib.sha256(coin.encode()).digest()
    price, ticks = _UNKNOWN_PRICES[digest[0] % len(_UNKNOWN_PRICES)]
    return _Character(price, ticks, 0.7 + digest[1] / 320, 0.5 + digest[2] / 512, 400_000.0 / price)


def _uniforms(key: str, first: int, count: int) -> FloatArray:
    """Draw _DRAWS_PER_CANDLE numbers in [0, 1) for each candle, (count, draws), placed by absolute time."""
    entropy = int.from_bytes(hashlib.sha256(key.encode()).digest(), "big")
    bits = np.random.PCG64(np.random.SeedSequence(entropy))
    bits.advance(first * _DRAWS_PER_CANDLE)
    raw = np.asarray(bits.random_raw(count * _DRAWS_PER_CANDLE), dtype=np.uint64)
    return ((raw >> np.uint64(11)).astype(np.float64) / 9007199254740992.0).reshape(count, _DRAWS_PER_CANDLE)


def _normals(uniforms: FloatArray) -> FloatArray:
    """Turn the first twelve columns into one column of mean 0 and variance 1."""
    total = uniforms[:, 0].copy()
    for column in range(1, _NORMAL_TERMS):
        total += uniforms[:, column]
    return total - _NORMAL_TERMS / 2


def _market_moves(seed: int, opened_at: IntArray, common: FloatArray, scale: float) -> FloatArray:
    """Give move, volatility and drift of the market in each candle, (3, N)."""
    normal = _normals(common)
    wild = np.where(common[:, 12] < _WILD_CHANCE, _WILD_FACTOR, 1.0)
    jumps = np.where(common[:, 13] < _JUMP_CHANCE, (common[:, 14] * 2 - 1) * 2 * _JUMP_SIZE, 0.0)
    blocks = opened_at // _REGIME_S
    first, last = int(blocks[0]), int(blocks[-1])
    choice = _uniforms(f"{seed}/regimes", first, last - first + 1)[:, 0]
    regimes = [_REGIMES[int(position)] for position in choice * len(_REGIMES)]
    weather = [regimes[position] for position in (blocks - first).tolist()]
    usual = np.array([regime.volatility for regime in weather]) * (_HOURLY_VOLATILITY * scale)
    volatility = np.array(list(_clustered(usual, np.abs(normal))))
    drift = np.array([regime.drift for regime in weather]) * (scale * scale)
    return np.array([normal * wild * volatility + jumps, volatility, drift])


def _clustered(usual: FloatArray, surprise: FloatArray) -> Iterator[float]:
    """Let volatility remember: large moves are followed by large ones."""
    present = float(usual[0])
    for base, size in zip(usual.tolist(), surprise.tolist(), strict=True):
        present = _MEMORY_OF_VOLATILITY * present + (1 - _MEMORY_OF_VOLATILITY) * base * (
            0.3 + 0.7 * size * size
        )
        yield present


def _prices(character: _Character, moves: FloatArray, own: FloatArray) -> Iterator[float]:
    """Walk from candle to candle: the market's share, the coin's own, and the pull to a wandering level."""
    price = anchor = character.price
    for (market, volatility, drift), noise in zip(moves.T.tolist(), own.tolist(), strict=True):
        pull = _PULL * (anchor - price) / price
        move = character.beta * market + character.own * volatility * noise + drift + pull
        price *= 1 + min(max(move, -_LARGEST_MOVE), _LARGEST_MOVE)
        anchor *= 1 + drift + _ANCHOR_PULL * (character.price - anchor) / anchor
        yield price


def _candles(
    character: _Character, closes: FloatArray, wicks: _Wicks, opened_at: IntArray, interval_s: int
) -> Candles:
    """Add opens, shadows and volume to closes, and round every price to ticks."""
    opens = np.concatenate(([character.price], closes[:-1]))
    up, down, traded, burst = wicks.uniforms.T
    reach = wicks.volatility * 1.6
    highs = np.maximum(opens, closes) * (1 + reach * up * up)
    lows = np.minimum(opens, closes) * (1 - reach * down * down)
    activity = np.abs(closes - opens) / opens / wicks.volatility
    hours = interval_s / _HOUR_S
    volume = character.volume * hours * (0.25 + traded + burst * burst * burst + activity)
    ticks = character.ticks_per_unit
    prices = (_on_tick(opens, ticks), _on_tick(highs, ticks), _on_tick(lows, ticks), _on_tick(closes, ticks))
    return Candles(opened_at, *prices, np.rint(volume * 1000) / 1000, interval_s)


def _on_tick(prices: FloatArray, ticks_per_unit: int) -> FloatArray:
    """Round to whole ticks, at least one: a price is never 0."""
    return np.asarray(np.maximum(np.rint(prices * ticks_per_unit), 1.0) / ticks_per_unit)
