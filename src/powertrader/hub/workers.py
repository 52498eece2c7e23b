"""Workers: the thread in which the window looks after processes, and how the Tk thread asks it."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import replace
from itertools import count
from typing import Any, Final, TypeVar

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.loop import Alarm, Loop, LoopPorts
from powertrader.core.mailbox import HEARTBEAT
from powertrader.core.process_stop import Ending, StopPatience
from powertrader.hub.background import Background
from powertrader.hub.ports import HubPorts
from powertrader.hub.start_flow import StartOutcome
from powertrader.hub.supervision import Supervision
from powertrader.hub.workers_view import WorkersView
from powertrader.models.snapshot import SUPERVISOR
from powertrader.models.status import Heartbeat
from powertrader.models.types import CoinSymbol

PACE_S: Final = 1.0
"""How often the workers are looked at."""
WAITING_PACE_S: Final = 0.25
"""How often it is looked whether the thinker is ready, as in the original."""
LONGEST_END_S: Final = 6.0
"""How long the end of the thread is waited for: a stop of all workers takes up to 5 seconds."""
Found = TypeVar("Found")
Failed = Callable[[PowerTraderError], None]
log = logging.getLogger(__name__)


class Workers:
    """Looks after the workers in a thread of its own. Its methods are for the Tk thread and never wait.

    done is called on the Tk thread with what came of it, failed with the error, each by Background.deliver.
    """

    def __init__(
        self,
        ports: HubPorts,
        background: Background,
        on_asked_to_end: Callable[[], None],
        patience: StopPatience | None = None,
    ) -> None:
        """Bind the parts; on_asked_to_end is called when the window shall end, its workers ended already."""
        self._ports = ports
        self._background = background
        self._supervision = Supervision(ports, patience)
        self._alarm = Alarm()
        self._asked: queue.SimpleQueue[tuple[Future[Any], Callable[[Supervision], Any]]] = queue.SimpleQueue()
        self._numbers = count()
        self.on_change: Callable[[], None] = lambda: None
        """Called in the workers' thread when something has just been done; set before `start`."""
        self._asked_to_end: Future[None] = Future()
        background.follow("workers.end", self._asked_to_end, lambda _: on_asked_to_end(), lambda _: None)
        self._thread = threading.Thread(target=self._run, name="hub-workers", daemon=True)

    def start(self) -> None:
        """Begin to look after the workers: those that run are taken charge of, none is started."""
        self._thread.start()

    def end(self) -> None:
        """End what is being done, and let somebody else look after the workers, which go on."""
        self._alarm.stop()
        if self._thread.is_alive():
            self._thread.join(LONGEST_END_S)

    def view(self) -> WorkersView:
        """Give what is being done about the workers; for any thread."""
        return self._supervision.view

    def ask(
        self, work: Callable[[Supervision], Found], done: Callable[[Found], None], failed: Failed
    ) -> None:
        """Have something done by whoever looks after the workers."""
        future: Future[Found] = Future()
        self._background.follow(f"workers.{next(self._numbers)}", future, done, failed)
        self._put(future, work)

    def start_all(
        self, word: str, done: Callable[[StartOutcome], None], failed: Failed, **more: bool
    ) -> None:
        """Start the thinker, then the trader; done is called when it trades, or does not."""
        outcome: Future[StartOutcome] = Future()
        self._background.follow("workers.start_all", outcome, done, failed)
        self.ask(lambda look: look.start_all(outcome, word, **more), lambda _: None, failed)

    def stop_everything(self, done: Callable[[dict[str, Ending]], None], failed: Failed) -> None:
        """End all workers within 5 seconds."""
        self.ask(lambda look: look.stop_everything(), done, failed)

    def train(
        self, coins: Iterable[CoinSymbol], done: Callable[[None], None], failed: Failed, *, anew: bool = False
    ) -> None:
        """Have coins trained, beside those that are being trained already."""
        named = tuple(coins)
        self.ask(lambda look: look.train(named, anew=anew), done, failed)

    def _put(self, future: "Future[Found]", work: Callable[[Supervision], Found]) -> None:
        self._asked.put((future, work))
        self._alarm.wake()

    def _run(self) -> None:
        loop = Loop(SUPERVISOR, "", LoopPorts(self._ports.wall, self._alarm, self._beat, self._obey))
        try:
            loop.run(self._step, self._pace_s)
        finally:
            self._obey()
            self._supervision.end()

    def _step(self) -> None:
        before = self._supervision.view
        self._obey()
        self._supervision.step()
        if self._supervision.view != before:
            self.on_change()
        if self._supervision.asked_to_end and not self._asked_to_end.done():
            self._supervision.stop_everything()
            self._asked_to_end.set_result(None)

    def _obey(self) -> None:
        """Do what was asked for; what goes wrong is told to whoever asked."""
        while True:
            try:
                future, work = self._asked.get_nowait()
            except queue.Empty:
                return
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work(self._supervision))
                self.on_change()
            except PowerTraderError as error:
                future.set_exception(error)
            finally:
                if not future.done():
                    # what nobody expected: the loop logs it, and whoever asked is told as well
                    future.set_exception(
                        PowerTraderError("it failed unexpectedly; logs/hub.log has the details")
                    )

    def _pace_s(self) -> float:
        return WAITING_PACE_S if self._supervision.waits else PACE_S

    def _beat(self, beat: Heartbeat) -> None:
        """Tell others that the workers are looked after, by whom it is true."""
        if self._supervision.view.ours:
            clean = replace(beat, last_error=self._ports.redact(beat.last_error))
            self._ports.mailbox.publish(self._ports.paths.heartbeat(SUPERVISOR), HEARTBEAT, clean)
