"""Market and clock of an original thinker: the passes of a case, told apart by its pauses."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from powertrader.core.exceptions import RetryLater
from powertrader.models.timeframe import TIMEFRAMES, Timeframe
from powertrader.parity.original_candles import with_turnover
from powertrader.parity.original_moment import Moment
from powertrader.parity.original_process import HANG, Refusal, ScriptStopped
from powertrader.parity.original_tree import WorkTree
from powertrader.parity.thinker_market import RecordedMarket

STOPPED: Final = "stopped"
PAUSE_S: Final = 0.15
"""The pause at the end of a pass."""
MOST_REQUESTS: Final = 2000
"""More requests and pauses than this without the end of a pass are an endless loop."""


class ThinkerWorld:
    """Answers the requests of a thinker and keeps what each pass left in its folder.

    The start-up is over when every coin had its seven timeframes: the first pass follows without a pause.
    """

    def __init__(self, inputs: Mapping[str, Any], tree: WorkTree, coins: int) -> None:
        """Start with the folder of a case; coins is how many it has at the start-up."""
        self.now: float = inputs["start_now"]
        self.moments: list[Moment] = []
        self._passes: Sequence[Mapping[str, Any]] = inputs["passes"]
        self._market = RecordedMarket(inputs["snapshots"], inputs["init_snapshot"])
        self._tree = tree
        self._unanswered = coins * len(TIMEFRAMES)
        self._next = 0
        self._requests = 0
        tree.change(inputs["files"])

    def answer(self, call: str, given: Mapping[str, Any]) -> Any:
        """Answer one request of the script."""
        self._requests += 1
        if self._requests > MOST_REQUESTS:
            msg = f"{MOST_REQUESTS} requests without the pause of {PAUSE_S} s that ends a pass"
            raise ScriptStopped(HANG, msg)
        if call == "sleep":
            if given["seconds"] == PAUSE_S:
                self._begin_pass()
            return None
        try:
            return self._market_answer(call, given)
        except (RetryLater, ValueError) as error:
            raise Refusal(str(error)) from error

    def keep(self) -> None:
        """Keep what the folder holds now."""
        self.moments.append(Moment(self._tree.texts()))

    def _market_answer(self, call: str, given: Mapping[str, Any]) -> Any:
        if call == "candles":
            coin = str(given["symbol"]).removesuffix("-USDT")
            rows = self._market.candles(coin, Timeframe(given["timeframe"]))
            self._count_start_up()
            return [with_turnover(row) for row in rows]
        if call == "quote":
            price = self._market.ask_text(str(given["symbol"]))
            return {"symbol": given["symbol"], "askPrice": price, "bidPrice": price}
        if call == "ticker":
            return {"price": self._market.ask_text(str(given["symbol"]).replace("-", ""))}
        msg = f"{call} is not answered to a thinker"
        raise Refusal(msg)

    def _count_start_up(self) -> None:
        if self._unanswered:
            self._unanswered -= 1
            if not self._unanswered:
                self._begin_pass()

    def _begin_pass(self) -> None:
        self.keep()
        if self._next == len(self._passes):
            raise ScriptStopped(STOPPED)
        step = self._passes[self._next]
        self._tree.change(step["files"])
        if self._next == 0 or step["snapshot"] != self._market.snapshot:
            self._market.rewind(step["snapshot"])
        self.now = step["now"]
        self._next += 1
        self._requests = 0
