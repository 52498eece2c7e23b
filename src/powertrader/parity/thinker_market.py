"""The recorded answers of the market to a thinker, served in order."""

from collections.abc import Mapping, Sequence
from typing import Any

from powertrader.core.exceptions import BadData, RetryLater
from powertrader.models.timeframe import Timeframe
from powertrader.models.types import CoinSymbol

Row = Sequence[str]
"""Time, open, close, high and low as texts."""


class NoMoreAnswers(BadData):
    """The market would go on giving answers that cannot be used; the original would ask for ever."""

    def __init__(self, message: str, *, is_price: bool) -> None:
        """Keep beside the text whether a price or candles were asked for."""
        super().__init__(message)
        self.is_price = is_price


class RecordedMarket:
    """Serves each list of answers from its first entry on; the last entry repeats."""

    def __init__(self, snapshots: Sequence[Mapping[str, Any]], snapshot: int) -> None:
        """Start with one of the snapshots in force."""
        self._snapshots = snapshots
        self._snapshot = snapshot
        self._served: dict[tuple[str, str], int] = {}

    def rewind(self, snapshot: int) -> None:
        """Put a snapshot in force and start at its first answers."""
        self._snapshot = snapshot
        self._served.clear()

    @property
    def snapshot(self) -> int:
        """The number of the snapshot in force."""
        return self._snapshot

    def candles(self, coin: CoinSymbol, timeframe: Timeframe) -> Sequence[Row]:
        """Give the rows of the next answer, newest first. Raises RetryLater when it is an error."""
        answers = self._snapshots[self._snapshot]["klines"].get(coin, {}).get(timeframe.value)
        rows: Sequence[Row] = self._next(answers, (coin, timeframe.value))
        return rows

    def ask(self, symbol: str) -> float:
        """Give the next price. Raises RetryLater when the answer is an error or no number."""
        text = self.ask_text(symbol)
        try:
            return float(text)
        except ValueError as error:
            msg = f"price of {symbol} was {text!r}, must be a number"
            raise RetryLater(msg) from error

    def ask_text(self, symbol: str) -> str:
        """Give the next price as it is written. Raises RetryLater when the answer is an error."""
        return str(self._next(self._snapshots[self._snapshot]["ask"].get(symbol), ("ask", symbol)))

    def has_more(self, name: str, key: str) -> bool:
        """Tell whether the next answer differs from the one just served."""
        found = self._snapshots[self._snapshot]
        answers = found["ask"].get(key) if name == "ask" else found["klines"].get(name, {}).get(key)
        return answers is not None and self._served.get((name, key), 0) < len(answers)

    def _next(self, answers: Sequence[Any] | None, key: tuple[str, str]) -> Any:
        position = self._served.get(key, 0)
        self._served[key] = position + 1
        if not answers:
            msg = f"the case has no answer for {' '.join(key)}"
            raise RetryLater(msg)
        answer = answers[min(position, len(answers) - 1)]
        if isinstance(answer, Mapping):
            raise RetryLater(str(answer["error"]))
        return answer
