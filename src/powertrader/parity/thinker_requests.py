"""The original thinker's requests: which ones, in which order, and how long it insists.

Source: golden/BEHAVIOUR.md sections 2.3 and 2.4 (Q38, Q39, Q42).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from powertrader.core.exceptions import RetryLater
from powertrader.models.candle import Candle
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol
from powertrader.parity.thinker_folder import Folder
from powertrader.parity.thinker_market import NoMoreAnswers, RecordedMarket, Row

_KEY_FILES: Final = ("b_key.txt", "b_secret.txt")
_NO_TIME: Final = 0.0
_Answer = TypeVar("_Answer")


@dataclass(slots=True)
class ThinkerRequests:
    """Asks the recorded market as the original does; what it would ask for ever raises NoMoreAnswers."""

    market: RecordedMarket
    folder: Folder
    knows_keys: bool = False

    def closed_candle(self, coin: CoinSymbol, timeframe: Timeframe) -> Candle:
        """Give the second newest candle, repeating while it cannot be used."""
        return self._insist(coin, timeframe, lambda: _closed_candle(self.market.candles(coin, timeframe)))

    def unused(self, coin: CoinSymbol, timeframe: Timeframe) -> None:
        """Ask for candles whose content does not matter, repeating errors."""
        self._insist(coin, timeframe, lambda: self.market.candles(coin, timeframe))

    def closed_time(self, coin: CoinSymbol, timeframe: Timeframe) -> str | float:
        """Give the time text of the second newest row, 0.0 when there is none, repeating errors."""
        rows = self._insist(coin, timeframe, lambda: self.market.candles(coin, timeframe))
        return rows[1][0] if len(rows) > 1 else _NO_TIME

    def ask(self, coin: CoinSymbol) -> float:
        """Give the price of a coin, repeating errors; missing keys are an error that never ends."""
        self.knows_keys = self.knows_keys or all(
            (self.folder.read(name) or "").strip() for name in _KEY_FILES
        )
        if not self.knows_keys:
            msg = f"no price without {' and '.join(_KEY_FILES)}; write both files or use another price source"
            raise NoMoreAnswers(msg, is_price=True)
        symbol = f"{coin}USDT"
        while True:
            try:
                return self.market.ask(symbol)
            except RetryLater as error:
                self._give_up_at_the_end("ask", symbol, error)

    def _insist(self, coin: CoinSymbol, timeframe: Timeframe, request: Callable[[], _Answer]) -> _Answer:
        while True:
            try:
                return request()
            except RetryLater as error:
                self._give_up_at_the_end(coin, timeframe.value, error)

    def _give_up_at_the_end(self, name: str, key: str, error: RetryLater) -> None:
        if not self.market.has_more(name, key):
            msg = f"the market will never give {name} {key}: {error}"
            raise NoMoreAnswers(msg, is_price=name == "ask") from error


def _closed_candle(rows: Sequence[Row]) -> Candle:
    """Make a candle of open and close; the original looks at nothing else (Q42)."""
    try:
        first, last = float(rows[1][1]), float(rows[1][2])
    except (IndexError, ValueError) as error:
        msg = f"no closed candle among {len(rows)} rows: {error}"
        raise RetryLater(msg) from error
    return Candle(0, first, max(first, last), min(first, last), last)
