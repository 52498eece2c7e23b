"""KuCoin as an original trainer asks it: pages of candles, failures and a stop file, as a case says."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from powertrader.parity.original_process import HANG, Refusal, ScriptStopped
from powertrader.parity.original_tree import WorkTree
from powertrader.parity.trainer_market import ROWS_PER_PAGE, dated_rows

MOST_REQUESTS: Final = 3000
"""More candle requests than this in one run are an endless loop."""
_KILLER: Final = "killer.txt"
_REST: Final = ("1", "1")
_COLUMNS: Final = 5
"""Columns of a recorded row; volume and turnover follow in what the venue answers."""


class TrainerWorld:
    """The market of one program run of the trainer (golden/FORMAT.md, trainer)."""

    def __init__(self, klines: Mapping[str, Any], run: Mapping[str, Any], tree: WorkTree) -> None:
        """Serve the candles of a case in one of its runs."""
        self.now: float = run["now"]
        self._rows = {timeframe: list(dated_rows(rows)) for timeframe, rows in klines.items()}
        self._run = run
        self._tree = tree
        self._requests = 0

    def answer(self, call: str, given: Mapping[str, Any]) -> Any:
        """Answer one request of the script."""
        if call == "sleep":
            return None
        if call == "candles":
            return self._candles(str(given["timeframe"]), given)
        if call == "ticker" and not self._run.get("ticker_error"):
            return {"price": self._rows["1hour"][0][1][2]}
        msg = f"{call} is not answered to a trainer"
        raise Refusal(msg)

    def _candles(self, timeframe: str, given: Mapping[str, Any]) -> list[list[str]]:
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            raise ScriptStopped(HANG, f"{MOST_REQUESTS} requests for candles in one training")
        if self._run.get("killer_after_kline_call") == self._requests:
            self._tree.change({_KILLER: "yes"})
        failure = self._run.get("kline_errors", {}).get(str(self._requests))
        if failure is not None:
            raise Refusal(str(failure))
        start, end = float(given.get("startAt", 0)), float(given.get("endAt", self.now))
        found = [row for time_s, row in self._rows.get(timeframe, ()) if start <= time_s < end]
        return [with_turnover(row) for row in found[:ROWS_PER_PAGE]]


def with_turnover(row: Sequence[str]) -> list[str]:
    """Give a recorded row as the venue answers it, with volume and turnover."""
    return [*row[:_COLUMNS], *_REST]
