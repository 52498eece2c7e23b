"""Commands that train coins and stop trainings: buttons of the classic screen and of the training matrix."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.process_stop import Ending
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.training_desk import coins_at_once
from powertrader.hub.training_state import CoinState, Trainings, named_coins, trainings_of
from powertrader.hub.view import HubView
from powertrader.hub.worker_words import ending_words
from powertrader.hub.workers import Workers
from powertrader.models.types import CoinSymbol


@dataclass(frozen=True, slots=True)
class TrainingCommands:
    """Has coins trained, and says what came of it. For the Tk thread; view gives the newest one."""

    context: PanelContext
    workers: Workers
    view: Callable[[], HubView | None]

    def register(self) -> None:
        """Register all of them."""
        self.context.commands.register("training.start", self.start)
        self.context.commands.register("training.stop", self.stop)

    def start(self, *, coins: Sequence[CoinSymbol] | None = None, reprocess: bool = False) -> None:
        """Train coins, all without any named: those that are trained already only by force, then anew."""
        view = self.view()
        if view is None:
            return
        trainings = trainings_of(view.snapshot)
        named = tuple(coins if coins is not None else trainings.states)
        wanted = named if reprocess else startable(trainings, named)
        if not wanted:
            self._say("workers.training_known", named)
            return
        self.context.say(
            text("workers.training_asked", coins=named_coins(wanted), at_once=coins_at_once(os.cpu_count())),
            "news",
        )
        self.workers.train(wanted, lambda _: None, self._failed, anew=reprocess)

    def stop(self, *, coins: Iterable[CoinSymbol] | None = None) -> None:
        """Stop the trainings of coins, and of all without any named; each goes on where it was."""
        view = self.view()
        if view is None:
            return
        if coins is None:
            self.workers.ask(lambda hand: hand.stop("trainer"), self._ended, self._failed)
            self._say("workers.training_stopped", [one.coin for one in trainings_of(view.snapshot).training])
            return
        named = tuple(coins)
        self.workers.ask(lambda hand: hand.stop_training(named), lambda _: None, self._failed)
        self._say("workers.training_stopped", named)

    def _say(self, key: str, coins: Sequence[CoinSymbol]) -> None:
        words = text(key, coins=named_coins(coins)) if coins else text("workers.training_none")
        self.context.say(words, "news")

    def _ended(self, endings: Mapping[str, Ending]) -> None:
        """Say of a trainer that did not end in order what became of it."""
        words, well = ending_words(endings)
        if not well:
            self.context.say(words, "error")

    def _failed(self, error: PowerTraderError) -> None:
        self.context.say(text("workers.failed", reason=error), "error")


def startable(trainings: Trainings, coins: Iterable[CoinSymbol]) -> tuple[CoinSymbol, ...]:
    """Give those of the coins for which a training without force has something to do."""
    busy = trainings.states
    return tuple([coin for coin in trainings.wanted(coins) if busy.get(coin) is not CoinState.TRAINING])
