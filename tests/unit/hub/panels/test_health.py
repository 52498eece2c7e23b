"""The screen Health: what needs a look and the button for it, processes, venues, queues, and the window."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from tkinter import ttk
from typing import Any

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.findings import findings_of
from powertrader.core.health import ERRORS_FOR_WARNING, HealthMonitor
from powertrader.core.process_state import process_view
from powertrader.hub.guard import Failure
from powertrader.hub.latency import Latency
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.health import HealthScreen
from powertrader.hub.ports import HubPorts
from powertrader.hub.vitals import WindowVitals
from powertrader.models.observers import ObserverReport, RelayStatus
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, Snapshot, TrainingView
from powertrader.models.status import Heartbeat
from powertrader.models.venue import ClockMeasure, Outage, VenueUse
from tests.unit.hub.driving import Said, draw, settle, words_in
from tests.unit.hub.views import hub_view
from tests.unit.snapshots import NOW, beat, coin, record, report, running, snapshot

Make = Callable[..., PanelContext]
STOPPED = ProcessView("trader", ProcessState.STOPPED)


@pytest.fixture
def screen(root: tk.Tk, hub_context: Make) -> HealthScreen:
    return shown(root, hub_context("trading.start_trader", "trading.restart_trader", "trading.resume"))


def shown(root: tk.Tk, context: PanelContext) -> HealthScreen:
    made = HealthScreen(context)
    made.build(root).pack(fill="both", expand=True)
    settle(root)
    return made


def look(screen: HealthScreen, found: Snapshot, **parts: Any) -> None:
    draw(screen, hub_view(made=found, **parts))
    settle(screen.copy)


def row(screen: HealthScreen, key: str) -> tuple[str, ...]:
    return screen.processes.model.rows[key].cells


def needs(screen: HealthScreen) -> list[str]:
    """Give what is wrong, as far as it is in sight."""
    shown = [one for one in screen.findings.winfo_children() if one.winfo_ismapped()]
    return [words for one in shown for words in words_in(one) if words.startswith("!")]


def test_each_process_tells_its_state_in_words_and_with_a_shape(screen: HealthScreen) -> None:
    crashed = ProcessView(
        "trainer", ProcessState.CRASHED, record=record("trainer", WorkerState.CRASHED, "KeyError: 'BTC'")
    )
    look(screen, snapshot([coin("BTC")], [crashed, running("thinker"), STOPPED]))
    assert row(screen, "thinker") == ("Thinker", "● running", "7", "1 s", "3", "0", "-", "none")
    assert row(screen, "trainer") == ("Trainer", "✕ crashed", "-", "-", "-", "-", "0", "KeyError: 'BTC'")
    assert row(screen, "trader")[:2] == ("Trader", "○ stopped")
    tags = {key: one.tag for key, one in screen.processes.model.rows.items()}
    assert (tags["trainer"], tags["thinker"], tags["trader"]) == ("bad", "well", "")


def test_five_errors_in_300_seconds_turn_a_row_to_warning_and_four_do_not(screen: HealthScreen) -> None:
    for errors, state in ((ERRORS_FOR_WARNING - 1, "● running"), (ERRORS_FOR_WARNING, "! warning")):
        wall, published = ManualClock(NOW), list[Heartbeat]()
        monitor = HealthMonitor(wall, published.append)
        monitor.begin(beat("thinker", steps=0))
        for _ in range(errors):
            wall.sleep(50.0)
            monitor.record_error("thinker", "no answer")
        monitor.record_heartbeat("thinker")
        monitor.publish("thinker", 1.0)
        view = process_view("thinker", 7, published[-1], None, wall.now())
        look(screen, snapshot([coin("BTC")], [view], at=wall.now()))
        assert row(screen, "thinker")[1] == state
        assert row(screen, "thinker")[5] == str(errors)
    assert screen.processes.model.rows["thinker"].tag == "warning"
    assert any("5 errors in the last five minutes" in line for line in needs(screen))


def test_what_is_asked_of_venues_stands_beside_what_they_allow(screen: HealthScreen) -> None:
    clock = ClockMeasure(-1.5, NOW - timedelta(minutes=3))
    venues = (
        VenueUse("binance", 5400, 6000, 60, orders=2, clock=clock),
        VenueUse("kraken", 3),
        VenueUse("mexc", 4, outage=Outage(NOW, NOW, "no answer")),
        VenueUse("kucoin", 12, 2000, 30, paused_s=20.0),
    )
    look(screen, snapshot([coin("BTC")], venues=venues))
    rows = {key: (one.cells[1:], one.tag) for key, one in screen.venues.model.rows.items()}
    assert rows == {
        "binance": (
            ("5,400 of 6,000 in 60 s (90 %)", "2", "-", "venue 1.50 s behind (3 min ago)"),
            "warning",
        ),
        "kraken": (("3, limit not known", "0", "-", "not measured"), "well"),
        "mexc": (("4, limit not known", "0", "-", "not measured"), "bad"),
        "kucoin": (("12 of 2,000 in 30 s (1 %)", "0", "20 s", "not measured"), "bad"),
    }


def test_the_window_tells_its_own_speed_and_which_panel_failed(root: tk.Tk, hub_context: Make) -> None:
    vitals = WindowVitals(Latency(2.0, 11.0, 40.0, 3000), (Failure("why", 2, "KeyError: 'x'"),), 1)
    screen = shown(root, hub_context(vitals=lambda: vitals))
    look(screen, snapshot([coin("BTC")]), reading_s=0.034)
    values = str(screen.window[1].cget("text")).splitlines()
    assert values[:4] == ["34 ms", "2 ms, p99 11 ms, at worst 40 ms (last minute)", "1", "why"]
    assert row(screen, "window")[1] == "✕ failing"
    assert row(screen, "window")[-1] == "KeyError: 'x'"


def test_what_waits_is_counted(screen: HealthScreen) -> None:
    relay = RelayStatus("localhost", connected=True, sent=5, waiting=3, dropped=2, problem="")
    observers = (ObserverReport("trader", NOW, relay=relay, lost=4),)
    look(screen, snapshot([coin("BTC")], observers=observers, wishes=2, free_bytes=3 * 1024**3))
    lines = dict(zip(*(str(label.cget("text")).splitlines() for label in screen.queues), strict=True))
    assert lines == {
        "Commands that wait for the trader": "2",
        "Orders without an end": "0",
        "Events for Redis": "3 wait, 2 were dropped",
        "Events that plugins were too slow for": "0",
        "Events that could not be written": "4",
        "Free disk space": "3.0 GB",
    }


def test_all_is_well_is_said_and_goes_when_something_is_not(screen: HealthScreen) -> None:
    look(screen, snapshot([coin("BTC")]))
    assert screen.findings.well.winfo_ismapped()
    look(screen, snapshot([coin("BTC")], [STOPPED]))
    assert not screen.findings.well.winfo_ismapped()
    assert needs(screen)[0] == "! trader: does not run"


def press(screen: HealthScreen, label: str) -> None:
    (button,) = [one for one in buttons(screen) if one.cget("text") == label]
    button.invoke()


def buttons(screen: HealthScreen) -> list[ttk.Button]:
    children = screen.findings.winfo_children()
    return [one for one in children if isinstance(one, ttk.Button) and one.winfo_ismapped()]


def test_a_stopped_trader_is_started_by_the_button_beside_it(screen: HealthScreen, said: Said) -> None:
    look(screen, snapshot([coin("BTC")], [STOPPED]))
    press(screen, "Start")
    assert said.commands == [("trading.start_trader", {})]


def test_a_silent_trader_is_started_anew_by_the_button_beside_it(screen: HealthScreen, said: Said) -> None:
    look(screen, snapshot([coin("BTC")], [running("trader", ProcessState.STALE)]))
    press(screen, "Restart")
    assert said.commands == [("trading.restart_trader", {})]


def test_a_crashed_worker_tells_when_it_is_started_again(screen: HealthScreen) -> None:
    told = replace(record("trader", WorkerState.CRASHED, "KeyError"), retry_s=8.0)
    crashed = ProcessView("trader", ProcessState.CRASHED, record=told)
    for after_s, state in ((2.0, "✕ crashed, again in 6 s"), (20.0, "✕ crashed")):
        look(screen, snapshot([coin("BTC")], [crashed], at=NOW + timedelta(seconds=after_s)))
        assert row(screen, "trader")[1] == state


def test_buying_is_resumed_by_the_button_beside_what_stopped_it(screen: HealthScreen, said: Said) -> None:
    halts = (("", "by hand"),)
    look(screen, snapshot([coin("BTC")], trader=report(halts=halts)))
    press(screen, "Resume buying")
    look(screen, snapshot([coin("BTC")], trader=report(halts=(("ETH", "x"), ("SOL", "x")))))
    press(screen, "Resume buying")
    assert said.commands == [
        ("trading.resume", {}),
        ("trading.resume", {"coin": "ETH"}),
        ("trading.resume", {"coin": "SOL"}),
    ]


def test_a_coin_that_is_left_alone_leads_to_why_and_one_not_trained_to_training(
    screen: HealthScreen, said: Said
) -> None:
    untrained: CoinView = coin("ETH", training=TrainingView())
    frozen = report(frozen=(("BTC", "not_tradable"),))
    look(
        screen,
        snapshot([coin("BTC"), untrained], [ProcessView("trainer", ProcessState.STOPPED)], trader=frozen),
    )
    press(screen, "Why")
    press(screen, "Go to Training")
    assert said.shown == [("why", {"coin": "BTC"}), ("training", {})]


def test_settings_that_cannot_be_used_lead_to_settings(screen: HealthScreen, said: Said) -> None:
    view = hub_view()
    wrong = replace(view.settings, problems=("dca.multiplier must be a number",))
    look(screen, view.snapshot, settings=wrong)
    assert needs(screen) == ["! dca.multiplier must be a number"]
    press(screen, "Go to Settings")
    assert said.shown == [("settings", {})]


def test_of_very_many_findings_the_rest_is_counted(screen: HealthScreen) -> None:
    problems = tuple([f"file {number} cannot be read" for number in range(40)])
    look(screen, snapshot([coin("BTC")], problems=problems))
    assert len(needs(screen)) == 12
    assert screen.findings.more.cget("text") == "and 28 more; Copy diagnosis has all of them"


def test_the_diagnosis_is_copied_without_secrets(
    root: tk.Tk, hub_context: Make, hub_ports: HubPorts, said: Said
) -> None:
    ports = replace(hub_ports, redact=lambda words: words.replace("hunter22", "***"))
    screen = shown(root, hub_context(ports=ports))
    failing = running("thinker", ProcessState.FAILING, last_error="password=hunter22 refused", failing=True)
    found = snapshot([coin("BTC")], [failing], venues=(VenueUse("binance", 12, 6000, 60),))
    look(screen, found)
    screen.copy.invoke()
    copied = root.clipboard_get()
    assert "hunter22" not in copied
    assert "thinker: its last step failed: password=*** refused" in copied
    assert "binance | 12 of 6,000 in 60 s (0 %)" in copied
    assert copied.startswith("PowerTrader ")
    assert said.words == [("The diagnosis is on the clipboard, without keys and passwords.", "news")]


def test_the_logs_are_opened_where_they_lie(root: tk.Tk, hub_context: Make, hub_ports: HubPorts) -> None:
    opened: list[str] = []
    screen = shown(root, hub_context(ports=replace(hub_ports, open_place=opened.append)))
    screen.logs.invoke()
    assert opened == [str(hub_ports.paths.logs)]


def test_every_kind_of_finding_has_a_button(screen: HealthScreen) -> None:
    halted = report(halts=(("", "by hand"),), frozen=(("BTC", "not_tradable"),), skipped="no_account")
    found = snapshot([coin("BTC", training=TrainingView())], [STOPPED], trader=halted, free_bytes=1000)
    look(screen, found)
    number = len(findings_of(found))
    assert number >= 4
    assert len(buttons(screen)) == number
