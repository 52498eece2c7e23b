"""What a change would have done, on the settings screen: asked, answered, given up; the real program."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tkinter import ttk

import pytest

from powertrader.core.config_sources import ConfigSources, read_sources
from powertrader.core.paths import HomePaths
from powertrader.hub.dialogs.settings_preview import SettingsPreview
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.settings_model import Draft
from powertrader.hub.view import SettingsView
from powertrader.market.synthetic import synthetic_candles
from tests.downloaded_candles import download
from tests.unit.hub.access_programs import Programs
from tests.unit.hub.driving import settle

Wait = Callable[..., None]
ANSWER = {
    "start": "2024-01-19T00:00:00Z",
    "stop": "2024-04-18T00:00:00Z",
    "days": 90,
    "coins": ["BTC", "ETH"],
    "quote_asset": "USDT",
    "before": {"start_equity": 5000, "buys": 10, "sells": 4, "profit": 50.0, "max_drawdown_pct": 2.0},
    "after": {"start_equity": 5000, "buys": 8, "sells": 3, "profit": 20.0, "max_drawdown_pct": 3.25},
    "notes": ["12 candles of ETH missing"],
}


def base(*overrides: str) -> SettingsView:
    loaded = read_sources(ConfigSources(overrides=overrides))
    return SettingsView(loaded.config, loaded.provenance, loaded.config.rules.config_hash)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    folder = tmp_path / "programs"
    folder.mkdir()
    found = Programs(folder)
    found.says(ANSWER)
    return found


@pytest.fixture
def strip(
    root: tk.Tk, hub_context: Callable[..., PanelContext], hub_ports: HubPorts, programs: Programs
) -> SettingsPreview:
    made = SettingsPreview(root, hub_context(ports=programs.ports(hub_ports)))
    made.frame.pack(fill="x")
    settle(root)
    return made


def words(strip: SettingsPreview) -> list[str]:
    return [str(one.cget("text")) for one in strip.lines.values() if one.winfo_viewable()]


def test_a_change_is_asked_about_and_both_sides_are_told(
    strip: SettingsPreview, programs: Programs, wait_until: Wait
) -> None:
    draft = Draft(base()).edited("dca.multiplier", "1.5").edited("hub.theme", "light")
    strip.show(draft, 5000.0)
    wait_until(lambda: strip.answer is not None)
    settle(strip.frame)
    assert words(strip) == [
        "2024-01-19 to 2024-04-18, 2 coins, beginning with $5,000.00, fees and spread included:",
        "as it is:  10 bought, 4 sold, profit +$50.00, deepest fall 2.00 %",
        (
            "changed:  8 bought, 3 sold, profit +$20.00, deepest fall 3.25 %   "
            "(-$30.00 of profit, +1.25 points of fall)"
        ),
        "It says what happened once, not what will happen.\n12 candles of ETH missing",
    ]
    (asked,) = programs.asked
    # the window's theme changes no trade
    assert asked[0] == "preview"
    assert asked[-7:] == (
        "--days",
        "90",
        "--set",
        "replay.start_quote=5000.00",
        "--param",
        "dca.multiplier=1.5",
        "--json",
    )


def test_what_changes_no_trade_or_is_wrong_is_not_tried(strip: SettingsPreview, programs: Programs) -> None:
    for name, value in (("hub.theme", "light"), ("dca.multiplier", "none"), ("dca.multiplier", "2")):
        strip.show(Draft(base()).edited(name, value), None)
        assert strip._question is None
        assert not strip._waiting
    assert not programs.asked


def test_another_change_ends_the_question_before(
    strip: SettingsPreview, programs: Programs, wait_until: Wait
) -> None:
    programs.halt()
    first = Draft(base()).edited("dca.multiplier", "1.5")
    strip.show(first, None)
    wait_until(lambda: strip._program is not None and strip._program._process is not None)
    before = strip._program
    assert before is not None
    # what the account is worth moves all the time
    strip.show(first, 123.0)
    assert strip._program is before
    strip.show(first.edited("trailing.gap_pct", "1"), None)
    process = before._process
    assert process is not None
    assert process.wait(5) != 0
    wait_until(lambda: strip._program is not None and strip._program is not before)
    strip.show(Draft(base()), None)
    settle(strip.frame)
    assert words(strip) == []
    assert not strip._context.background.waiting


def test_nothing_is_tried_on_a_screen_that_is_hidden(
    root: tk.Tk,
    hub_context: Callable[..., PanelContext],
    hub_ports: HubPorts,
    programs: Programs,
    wait_until: Wait,
) -> None:
    tabs = ttk.Notebook(root)
    screens = [ttk.Frame(tabs), ttk.Frame(tabs)]
    for screen in screens:
        tabs.add(screen)
    tabs.pack(fill="both", expand=True)
    holder = ttk.Frame(screens[0])
    holder.pack(fill="x")
    strip = SettingsPreview(holder, hub_context(ports=programs.ports(hub_ports)))
    strip.frame.pack(fill="x")
    settle(root)
    programs.halt()
    strip.show(Draft(base()).edited("dca.multiplier", "1.5"), None)
    wait_until(lambda: strip._program is not None and strip._program._process is not None)
    program = strip._program
    root.tk.call(str(tabs), "select", 1)
    wait_until(lambda: strip._program is None)
    assert program is not None
    assert program._process is not None
    assert program._process.wait(5) != 0
    root.tk.call(str(tabs), "select", 0)
    wait_until(lambda: strip._program is not None)


def test_why_it_could_not_be_tried_is_said(
    strip: SettingsPreview, programs: Programs, wait_until: Wait
) -> None:
    programs.says("", "powertrader: no candles of BTC were downloaded")
    strip.show(Draft(base()).edited("dca.multiplier", "1.5"), None)
    wait_until(lambda: words(strip)[:1] == ["It could not be tried: no candles of BTC were downloaded"])
    programs.says({**ANSWER, "after": {}})
    strip.show(Draft(base()).edited("dca.multiplier", "1.75"), None)
    wait_until(lambda: "nothing about one of the settings" in "".join(words(strip)))


def test_the_program_itself_answers_for_lists_and_percents(
    root: tk.Tk,
    hub_context: Callable[..., PanelContext],
    hub_ports: HubPorts,
    tmp_path: Path,
    wait_until: Wait,
) -> None:
    home = tmp_path / "home"
    candles = synthetic_candles("BTC", seed=7, start=datetime(2022, 1, 1, tzinfo=UTC), count=24 * 60)
    download(HomePaths(home), {"BTC": candles})
    overrides = ("coins=BTC", "entry.trade_start_level=1")
    options = ("--home", str(home), *(word for one in overrides for word in ("--set", one)))
    strip = SettingsPreview(root, hub_context(ports=replace(hub_ports, options=options)))
    strip.frame.pack(fill="x")
    settle(root)
    draft = (
        Draft(base(*overrides)).edited("dca.levels", "-2, -4.5").edited("trailing.start_pct_no_dca", "1 %")
    )
    strip.show(draft, 20_000.0)
    wait_until(lambda: bool(strip.answer) or "could not" in "".join(words(strip)), 120.0)
    answer = strip.answer
    assert answer is not None, words(strip)
    assert (answer.coins, answer.days, answer.account) == (1, 30, 20_000.0)
    assert answer.before.buys > 0
    assert answer.before != answer.after
