"""Every dialog of the window, opened by clicks and closed by a click and by a key, on a real screen."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from powertrader.core.market_claim import claim_market
from powertrader.core.paths import HomePaths
from tests.bench.hub_home import Size, made
from tests.integration.hub_hand import HubHand, hub_window

NOBODY = "http://127.0.0.1:9"
"""Whoever asks this exchange is told at once that nobody listens."""
MAIN = "PowerTrader - Hub"
Way = Callable[[HubHand], None]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubHand]:
    claim_market(HomePaths(tmp_path / "home"), NOBODY)
    made(tmp_path / "home", Size(5, points=500, trades=60))
    with hub_window(tmp_path / "home", f"exchange.url={NOBODY}") as hand:
        yield hand


def settings_dialog(hub: HubHand) -> None:
    hub.menu("Settings", "Settings...")


def clearing_keys(hub: HubHand) -> None:
    settings_dialog(hub)
    hub.scroll_down_at("Coins (comma):")
    hub.press("Clear")


def key_wizard(hub: HubHand) -> None:
    settings_dialog(hub)
    hub.scroll_down_at("Coins (comma):")
    hub.press("Setup Wizard")


def on_settings(*buttons: str) -> Way:
    def way(hub: HubHand) -> None:
        hub.tab("Settings")
        for words in buttons:
            hub.press(words)

    return way


def pre_flight(hub: HubHand) -> None:
    hub.tab("Settings")
    hub.click("Exchange", "Treeview")
    hub.press("Test connection")


def what_changes(hub: HubHand) -> None:
    hub.tab("Settings")
    hub.click("First buy", "Treeview")
    if not hub.sees("1 not saved"):
        hub.replace("0.005", "0.5")
    hub.press("Save...")


def journal_export(hub: HubHand) -> None:
    hub.tab("Journal")
    hub.click("Export")
    hub.click("Everything, with notes (CSV) …", "Menu")


def picture(hub: HubHand) -> None:
    hub.tab("Classic")
    hub.press("Save picture")


def of_a_position(button: str) -> Way:
    def way(hub: HubHand) -> None:
        hub.tab("Positions")
        hub.press(button)

    return way


DIALOGS: tuple[tuple[str, Way, str], ...] = (
    ("Welcome to PowerTrader", lambda hub: hub.menu("File", "First steps..."), "Close"),
    ("Settings", settings_dialog, "Cancel"),
    ("Clear API keys", clearing_keys, "Cancel"),
    ("API key wizard", key_wizard, "Close"),
    ("Go live", on_settings("Go live..."), "Cancel"),
    ("Pre-flight", pre_flight, "Close"),
    ("What changes", what_changes, "Cancel"),
    ("Sell BTC", of_a_position("Sell now…"), "Cancel"),
    ("Export the trades that are shown", journal_export, "Cancel"),
    ("Save a picture of the chart", picture, "Cancel"),
    ("Adopt BTC", of_a_position("Adopt…"), "Cancel"),
)


def is_open(hub: HubHand, title: str) -> bool:
    return title in hub.ask("titles")


def is_closed(hub: HubHand, title: str) -> bool:
    return not is_open(hub, title)


def test_every_dialog_opens_by_clicks_and_closes_by_a_click_and_by_escape(hub: HubHand) -> None:
    for title, way, closing in DIALOGS:
        for close in (partial(hub.press, closing), partial(hub.key, "Escape")):
            way(hub)
            hub.wait(partial(is_open, hub, title), title)
            close()
            hub.wait(partial(is_closed, hub, title), f"no {title}")
            while hub.ask("titles") != [MAIN]:
                hub.key("Escape")
