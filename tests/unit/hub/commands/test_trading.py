"""What the commands do to real processes, and what they say: the processes themselves only wait."""

import os
import sys
import tkinter as tk
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import psutil
import pytest

from powertrader.core.clock import SystemClock
from powertrader.core.config import TradingConfig
from powertrader.core.mailbox import THINKER
from powertrader.core.process_identity import kill
from powertrader.core.process_stop import StopPatience, StopPorts, note_stopped
from powertrader.core.stop_by_name import running_process
from powertrader.core.storage import FileStore
from powertrader.hub.closing import REMEMBERED
from powertrader.hub.commands.trading import TradingCommands
from powertrader.hub.commands.training import TrainingCommands
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.view import HubView
from powertrader.hub.workers import Workers
from powertrader.models.process import ProcessIdentity
from powertrader.models.snapshot import SUPERVISOR, WORKERS, ProcessState, ProcessView, TrainingView
from powertrader.models.status import PositionStatus, ThinkerReport
from tests.unit.hub.driving import Said, below, settle
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import coin, report, running, snapshot, status_of

IDLE: Final = tuple([ProcessView(process, ProcessState.STOPPED) for process in WORKERS])
QUICK: Final = StopPatience(asked_s=0.02, terminated_s=3.0, killed_s=1.0)
Wait = Callable[[Callable[[], bool]], None]


def program(process: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Give the command line of a program that waits."""
    return (sys.executable, "-I", "-S", "-c", "import time; time.sleep(60)", process, *arguments)


class Scene:
    """The commands over real workers, and the view that they go by."""

    def __init__(self, root: tk.Tk, context: PanelContext, said: Said, wait: Wait) -> None:
        self.root, self.said, self.wait, self.context = root, said, wait, context
        self.ports = context.ports
        self.view: HubView | None = self.idle()
        self.ended: list[bool] = []
        self.workers = Workers(context.ports, context.background, lambda: self.ended.append(True), QUICK)
        TradingCommands(root, context, self.workers, lambda: self.view).register()
        TrainingCommands(context, self.workers, lambda: self.view).register()
        self.workers.start()

    def idle(self, *coins: Any, **changes: Any) -> HubView:
        """A view of a home in which nothing runs."""
        return hub_view(made=snapshot(coins or (coin("BTC"), coin("ETH")), IDLE), **changes)

    def mode(self, mode: str, **hub: object) -> None:
        """Let the settings say in which mode is traded."""
        config = TradingConfig.model_validate({"trading": {"mode": mode}, "hub": hub})
        self.view = self.idle(settings=settings_view(config))

    def run(self, name: str, **arguments: object) -> None:
        self.context.commands.run(name, **arguments)

    @property
    def stopping(self) -> StopPorts:
        return StopPorts(self.ports.paths, self.ports.mailbox, self.ports.wall)

    def runs(self, process: str) -> bool:
        return running_process(process, self.stopping) is not None

    def identity(self, process: str) -> ProcessIdentity:
        found = running_process(process, self.stopping)
        assert found is not None
        return found

    def arguments(self, process: str) -> list[str]:
        """Give the arguments that a worker was started with."""
        worker = psutil.Process(self.identity(process).pid)
        # for an instant it is still the copy of us that becomes it
        self.wait(lambda: process in worker.cmdline())
        words = worker.cmdline()
        return words[words.index(process) + 1 :]

    def until_runs(self, *processes: str) -> None:
        self.wait(lambda: {one for one in WORKERS if self.runs(one)} == set(processes))

    def until_said(self, words: str) -> None:
        self.wait(lambda: any(words in one for one, _ in self.said.words))

    def be_ready(self) -> None:
        """Tell what a thinker with signals of all coins tells."""
        now = SystemClock().now() + timedelta(seconds=2)
        told = ThinkerReport(now, now, now, "real_predictions", (), ("BTC", "ETH"), ())
        self.ports.mailbox.publish(self.ports.paths.thinker_report, THINKER, told)

    def press(self, words: str) -> None:
        """Press a button of a dialog by what is written on it."""
        settle(self.root)
        (button,) = [
            one
            for one in below(self.root)
            if one.winfo_class() == "TButton" and str(one.cget("text")) == words
        ]
        button.invoke()  # type: ignore[attr-defined]  # the class was asked for above


@pytest.fixture
def scene(
    root: tk.Tk,
    said: Said,
    hub_ports: HubPorts,
    hub_context: Callable[..., PanelContext],
    wait_until: Wait,
) -> Iterator[Scene]:
    context = hub_context(
        "access.go_live", "trading.pause", "trading.resume", ports=replace(hub_ports, program=program)
    )
    made = Scene(root, context, said, wait_until)
    yield made
    ended: list[bool] = []
    made.workers.stop_everything(lambda _: ended.append(True), lambda _: None)
    wait_until(lambda: bool(ended))
    made.workers.end()


def test_start_all_waits_until_every_coin_is_trained(scene: Scene) -> None:
    scene.view = scene.idle(coin("BTC"), coin("ETH", training=TrainingView()))
    scene.run("trading.start_all")
    assert scene.said.words == [
        ("Train first: ETH. Without patterns there are no signals, so nothing could be traded.", "warning")
    ]
    assert not any(scene.runs(process) for process in WORKERS)


def test_start_all_starts_thinker_then_trader_then_a_trainer_that_keeps_coins_trained(scene: Scene) -> None:
    scene.run("trading.start_all")
    scene.until_runs("thinker")
    assert scene.workers.view().trader_follows
    scene.be_ready()
    scene.until_said("Thinker and trader are at work.")
    scene.until_runs("thinker", "trader", "trainer")
    assert scene.arguments("trader") == []
    assert scene.arguments("trainer")[:2] == ["--keep", "--workers"]
    scene.run("trading.stop_all")
    scene.until_said("Stopped: ")
    scene.until_runs()


def test_a_thinker_that_ends_before_it_is_ready_is_told(scene: Scene) -> None:
    scene.run("trading.start_all")
    scene.until_runs("thinker")
    kill(scene.identity("thinker"))
    scene.until_said("so the trader was not started")
    assert not scene.runs("trader")
    scene.run("trading.start_all")
    scene.until_runs("thinker")
    scene.run("trading.stop_thinker")
    scene.until_said("Starting was stopped.")


def test_real_money_needs_the_word_of_the_dialog_which_goes_to_the_trader_alone(scene: Scene) -> None:
    scene.mode("live")
    scene.run("trading.start_all")
    assert scene.said.commands == [("access.go_live", {"then": "trading.start_all"})]
    scene.run("trading.start_trader")
    assert scene.said.commands[-1] == ("access.go_live", {"then": "trading.start_trader"})
    scene.run("trading.start_thinker")
    scene.until_runs("thinker")
    scene.run("trading.start_trader", confirm_live="LIVE")
    scene.until_runs("thinker", "trader")
    assert scene.arguments("trader") == ["--confirm-live", "LIVE"]
    assert scene.arguments("thinker") == []
    store, paths = FileStore(), scene.ports.paths
    # what is written at this moment may be gone when it is read
    kept = [store.read_bytes(path) or b"" for path in paths.root.rglob("*") if path.is_file()]
    assert any(b'"trader"' in content for content in kept)
    assert not any(b"LIVE" in content for content in kept)


def test_a_trader_in_another_mode_is_not_taken_for_the_one_that_was_asked_for(scene: Scene) -> None:
    scene.view = hub_view(made=snapshot((coin("BTC"),), [running("trader", mode="testnet")]))
    scene.run("trading.start_trader")
    (words, level), *_ = scene.said.words
    assert ("testnet" in words, "paper" in words, level) == (True, True, "warning")


def test_all_is_started_with_the_window_only_where_the_settings_say_so(scene: Scene) -> None:
    scene.run("trading.auto_start")
    assert scene.said.words == []
    scene.mode("paper", auto_start_scripts=True)
    scene.run("trading.auto_start")
    scene.until_runs("thinker")


def test_stop_everything_asks_once_says_what_stays_and_ends_all(scene: Scene) -> None:
    scene.run("trading.stop_everything")
    assert scene.said.words.pop()[0] == "Nothing runs."
    for process in ("thinker", "trader"):
        scene.run(f"trading.start_{process}")
    scene.until_runs("thinker", "trader")
    held = PositionStatus("BTC", 100.0, 99.0, quantity=1.0)
    live = [running("trader", mode="live")]
    scene.view = hub_view(made=snapshot((coin("BTC"),), live, trader=report(status=status_of(held))))
    scene.run("trading.stop_everything")
    scene.press("Cancel")
    scene.until_runs("thinker", "trader")
    scene.run("trading.stop_everything")
    settle(scene.root)
    words = [str(one.cget("text")) for one in below(scene.root) if one.winfo_class() == "TLabel"]
    assert any("LIVE: open positions with your money in them: 1." in one for one in words)
    scene.press("Stop everything")
    scene.until_said("Stopped: thinker and trader.")
    assert not any(scene.runs(process) for process in WORKERS)


def test_closing_asks_what_becomes_of_the_workers_and_remembers_it_when_wanted(scene: Scene) -> None:
    closed: list[str] = []
    scene.run("trading.close", then=lambda: closed.append("nothing runs"))
    scene.run("trading.start_thinker")
    scene.until_runs("thinker")
    scene.view = hub_view(made=snapshot((coin("BTC"),), [running("thinker")]))
    scene.run("trading.close", then=lambda: closed.append("cancelled"))
    scene.press("Cancel")
    assert closed == ["nothing runs"]
    scene.run("trading.close", then=lambda: closed.append("left"))
    settle(scene.root)
    (tick,) = [one for one in below(scene.root) if one.winfo_class() == "TCheckbutton"]
    tick.invoke()  # type: ignore[attr-defined]  # the class was asked for above
    scene.press("Leave them working")
    assert closed[-1] == "left"
    assert scene.runs("thinker")
    assert scene.context.preferences.words(REMEMBERED) == "leave"
    scene.run("trading.close", then=lambda: closed.append("left again"))
    assert closed[-1] == "left again"
    assert scene.context.commands.is_enabled("trading.ask_on_close")
    scene.run("trading.ask_on_close")
    assert not scene.context.commands.is_enabled("trading.ask_on_close")
    scene.run("trading.close", then=lambda: closed.append("stopped"))
    scene.press("Stop them")
    scene.wait(lambda: closed[-1] == "stopped")
    assert not scene.runs("thinker")


def test_space_pauses_and_resumes(scene: Scene) -> None:
    scene.run("trading.toggle_pause")
    scene.view = hub_view(made=snapshot((), (), trader=report(halts=(("", "asked for"),))))
    scene.run("trading.toggle_pause")
    assert [name for name, _ in scene.said.commands] == ["trading.pause", "trading.resume"]


def test_trained_coins_are_skipped_unless_forced_and_one_trainer_does_the_rest(scene: Scene) -> None:
    scene.view = scene.idle(coin("BTC"), coin("ETH", training=TrainingView()), coin("SOL"))
    scene.run("training.start", coins=("BTC",))
    assert "Trained already, nothing to do: BTC." in scene.said.words[-1][0]
    scene.run("training.start")
    scene.until_runs("trainer")
    assert scene.said.words[-1][0].startswith("Asked for: ETH.")
    assert scene.arguments("trainer")[:2] == ["--asked", "--workers"]
    scene.run("training.start", coins=("BTC", "SOL"), reprocess=True)
    scene.wait(lambda: scene.workers.view().asked == {"BTC", "ETH", "SOL"})
    scene.run("training.stop", coins=["ETH"])
    scene.wait(lambda: scene.workers.view().asked == {"BTC", "SOL"})
    scene.run("training.stop")
    scene.until_runs()
    assert scene.workers.view().asked == frozenset()


def test_powertrader_stop_ends_the_workers_and_then_the_window(scene: Scene) -> None:
    scene.run("trading.start_thinker")
    scene.until_runs("thinker")
    note_stopped(SUPERVISOR, os.getpid(), scene.stopping, "powertrader stop")
    scene.wait(lambda: scene.ended == [True])
    assert not scene.runs("thinker")


def test_a_command_that_cannot_be_done_says_why(scene: Scene) -> None:
    scene.ports.paths.training_wishes.parent.mkdir(parents=True, exist_ok=True)
    scene.ports.paths.training_wishes.write_text("in the way")
    scene.run("training.start", coins=("BTC",), reprocess=True)
    scene.until_said("That could not be done: ")
    assert scene.said.words[-1][1] == "error"


def test_a_trader_is_started_again_and_only_with_the_word_where_real_money_is_next(scene: Scene) -> None:
    scene.run("trading.start_trader")
    scene.until_runs("trader")
    before = scene.identity("trader").pid
    scene.mode("live")
    scene.run("trading.restart_trader")
    assert scene.said.commands == [("access.go_live", {"then": "trading.restart_trader"})]
    assert scene.identity("trader").pid == before
    scene.run("trading.restart_trader", confirm_live="LIVE")
    scene.until_said("The trader was started again")
    assert scene.identity("trader").pid != before
    assert scene.arguments("trader") == ["--confirm-live", "LIVE"]
    scene.run("trading.stop_trader")
    scene.until_said("Stopped: trader.")
    assert not scene.runs("trader")
