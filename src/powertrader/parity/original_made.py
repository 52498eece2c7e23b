"""Made-up cases for a user's original scripts, from candles and a seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from powertrader.core.exceptions import BadData
from powertrader.market.resample import resample
from powertrader.models.candle import Candles
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.parity.case import Case
from powertrader.parity.thinker_coin import folder_of
from powertrader.parity.trainer_cases import outputs_of

FEWEST_ROWS: Final = 22
"""So many candles of every timeframe leave the original ten to learn from."""
FEWEST_WEEKS: Final = 12
_AFTER_THE_CANDLE_S: Final = 123
"""Off the hour, so that no candle lies on the edge of a page."""
_TWO_DAYS_S: Final = 2 * 86400
_DAMAGED: Final = "0.5 0.25{}0.75{}-0.5~not a number at all~-0.5 0.125{}0.5{}-0.25"
DUMMY_KEYS: Final[Mapping[str, str]] = {"b_key.txt": "dummy key", "b_secret.txt": "dummy secret"}
_SWEEPS: Final = 6
_HOURS_BETWEEN: Final = 3
_FARTHEST: Final = 0.04
"""How far a price may be from the last candle, as a share of it."""
_THRESHOLDS: Final = ("5", "20.0", "40", "60.5")
_PASSES: Final = len(TIMEFRAMES)
_FIFTEEN_DAYS_S: Final = 15 * 86400
Row = list[str]
Klines = dict[str, list[Row]]
Runs = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CoinRows:
    """The candles of one coin as KuCoin writes them, newest first, by timeframe."""

    coin: CoinSymbol
    rows: Mapping[Timeframe, Sequence[Row]]

    @property
    def now(self) -> int:
        """A moment inside the newest hourly candle, in seconds since 1970."""
        return int(self.rows[Timeframe.HOUR_1][0][0]) + _AFTER_THE_CANDLE_S


def rows_of(coin: CoinSymbol, candles: Candles, most: int) -> CoinRows:
    """Give the newest candles of each timeframe, at most `most` of each.

    Raises BadData when there are too few for the original to learn a week's timeframe from.
    """
    found = {}
    for timeframe in TIMEFRAMES:
        longer = candles if candles.interval_s == timeframe.seconds else resample(candles, timeframe)
        weekly = timeframe is Timeframe.WEEK_1
        if len(longer) < (FEWEST_WEEKS if weekly else FEWEST_ROWS):
            weeks = FEWEST_WEEKS + 1
            msg = f"{coin} has {len(longer)} candles of {timeframe}, too few; give {weeks} weeks"
            raise BadData(msg)
        newest = longer.between(max(0, len(longer) - most), len(longer))
        found[timeframe] = [_row(candle.open_time_s, candle) for candle in newest][::-1]
    return CoinRows(coin, found)


def trainer_case(name: str, source: CoinRows, chance: random.Random) -> Case:
    """Make a training: twice, with arguments, on damaged files, stopped and resumed, or on damaged rows."""
    klines: Klines = {one.value: [list(row) for row in rows] for one, rows in source.rows.items()}
    runs: list[dict[str, Any]] = [
        {"now": moment, "files": {}, "arg": source.coin} for moment in (source.now - _TWO_DAYS_S, source.now)
    ]
    title = chance.choice(_TRAININGS)(klines, runs, chance)
    return Case("trainer", f"{name}_trainer_{source.coin}", title, {"klines": klines, "runs": runs}, {})


def _twice(_klines: Klines, _runs: Runs, _chance: random.Random) -> str:
    return "trained, and two days later again"


def _with_argument(_klines: Klines, runs: Runs, _chance: random.Random) -> str:
    del runs[0]
    runs[0] |= {"arg": runs[0]["arg"].lower(), "more_arguments": ["reprocess_yes"]}
    return "with the argument reprocess_yes and the coin in small letters"


def _on_damaged_files(_klines: Klines, runs: Runs, _chance: random.Random) -> str:
    runs[1]["files"] = {"memories_4hour.txt": _DAMAGED, "memory_weights_1day.txt": None}
    return "a damaged memory and a lost weight file between two trainings"


def _stopped(_klines: Klines, runs: Runs, chance: random.Random) -> str:
    runs[0]["killer_after_kline_call"] = chance.randint(3, 20)
    runs[1]["files"] = {"killer.txt": None}
    return "stopped by killer.txt and resumed"


def _on_damaged_rows(klines: Klines, runs: Runs, chance: random.Random) -> str:
    for rows in klines.values():
        chance.choice(rows)[chance.randrange(1, 5)] = chance.choice(["", "-", "12;5", "1e5x"])
    del runs[0]
    runs[0] |= {"kline_errors": {str(chance.randint(1, 9)): "timeout"}, "ticker_error": True}
    return "rows that cannot be read, and requests that fail"


_TRAININGS: Final = (_twice, _with_argument, _on_damaged_files, _stopped, _on_damaged_rows)


def thinker_case(name: str, sources: Sequence[CoinRows], chance: random.Random) -> Case:
    """Make sweeps over trained coins: inside, long, short, with failures, coins that change, old training."""
    coins = [source.coin for source in sources]
    now = max(source.now for source in sources)
    files = {**DUMMY_KEYS, "gui_settings.json": _coins_text(coins)}
    for source in sources:
        files |= {f"{folder_of(source.coin)}{path}": text for path, text in _trained(source, chance).items()}
    hours = range(_HOURS_BETWEEN * (_SWEEPS - 1), -1, -_HOURS_BETWEEN)
    snapshots = [_snapshot(sources, back, chance) for back in hours]
    passes: list[dict[str, Any]] = [
        {"now": now + 600 * number, "snapshot": number // _PASSES, "files": {}}
        for number in range(_SWEEPS * _PASSES)
    ]
    passes[3 * _PASSES]["files"] = {"gui_settings.json": _coins_text(coins[:1])}
    passes[4 * _PASSES]["files"] = {"gui_settings.json": _coins_text([*coins, "NEW"])}
    passes[5 * _PASSES + 2]["files"] = {"gui_settings.json": "{"}
    passes[-1]["now"] = now + _FIFTEEN_DAYS_S
    inputs = {"start_now": now, "init_snapshot": 0, "files": files, "snapshots": snapshots, "passes": passes}
    title = f"{_SWEEPS} sweeps over {', '.join(coins)}; coins change while it runs, the training gets old"
    return Case("thinker", f"{name}_thinker", title, inputs, {})


def _row(open_time_s: int, candle: Any) -> Row:
    prices = (candle.open, candle.close, candle.high, candle.low)
    return [str(open_time_s), *(repr(price) for price in prices)]


def _trained(source: CoinRows, chance: random.Random) -> dict[str, str]:
    """Give the files of a coin that our trainer has trained as the original would, with wide thresholds.

    What is learnt from so few candles would match hardly any other candle with its own thresholds.
    """
    klines = {timeframe.value: rows for timeframe, rows in source.rows.items()}
    runs = [{"now": source.now, "files": {}, "arg": source.coin}]
    ((_, files),) = outputs_of(Case("trainer", "", "", {"klines": klines, "runs": runs}, {}))
    wide = {f"neural_perfect_threshold_{one.value}.txt": chance.choice(_THRESHOLDS) for one in TIMEFRAMES}
    return {**files, **wide}


def _coins_text(coins: Sequence[CoinSymbol]) -> str:
    names = ", ".join(f'"{coin}"' for coin in coins)
    return f'{{"coins": [{names}]}}'


def _snapshot(sources: Sequence[CoinRows], back: int, chance: random.Random) -> dict[str, Any]:
    """Give the market `back` hours before the newest candle, with prices near the last ones."""
    klines: dict[str, dict[str, list[Any]]] = {}
    asks: dict[str, list[Any]] = {}
    for source in sources:
        hour = source.rows[Timeframe.HOUR_1][min(back, len(source.rows[Timeframe.HOUR_1]) - 3)]
        klines[source.coin] = {
            timeframe.value: list(_answers([row for row in rows if int(row[0]) <= int(hour[0])][:3], chance))
            for timeframe, rows in source.rows.items()
        }
        asks[f"{source.coin}USDT"] = [repr(float(hour[2]) * (1 + chance.uniform(-_FARTHEST, _FARTHEST)))]
    first = sources[0]
    klines["NEW"], asks["NEWUSDT"] = klines[first.coin], asks[f"{first.coin}USDT"]
    return {"klines": klines, "ask": asks}


def _answers(rows: Sequence[Row], chance: random.Random) -> Iterator[Any]:
    """Give now and then a failure or too short an answer before the candles."""
    if chance.random() < 0.1:  # noqa: PLR2004  one answer in ten
        yield chance.choice([{"error": "timeout"}, list(rows[:1])])
    yield list(rows)
