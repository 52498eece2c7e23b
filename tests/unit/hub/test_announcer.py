"""Announcer: trades and errors are told once, in the window and on the desktop."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from powertrader.core.config import TradingConfig
from powertrader.hub.announcer import MOST_LINES, Announcer
from powertrader.hub.panel import PanelContext
from powertrader.hub.ports import HubPorts
from powertrader.hub.view import everything
from powertrader.models.events import Event, SignalUpdated, TradeExecuted, WorkerCrashed
from powertrader.models.order import Side
from powertrader.models.position import Position
from powertrader.models.signal import Signal
from powertrader.models.trade import Trade
from tests.unit.hub.driving import Said
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import NOW

CRASHED = WorkerCrashed("trader", 7, 1, "key=s3cret", 2.0, NOW)


def bought(coin: str) -> TradeExecuted:
    trade = Trade(coin, Side.BUY, 100.0, Decimal("0.5"), Decimal(50), "entry", NOW)
    return TradeExecuted("paper", "default", "USDT", trade, Position(coin), NOW)


@pytest.fixture
def notices() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def announcer(
    hub_context: Callable[..., PanelContext], hub_ports: HubPorts, notices: list[tuple[str, str]]
) -> Announcer:
    def notify(title: str, words: str) -> None:
        notices.append((title, words))

    ports = replace(hub_ports, notify=notify, redact=lambda words: words.replace("s3cret", "***"))
    return Announcer(hub_context(ports=ports))


def tell(announcer: Announcer, *events: Event, notify: bool = True, version: int = 1) -> None:
    config = TradingConfig.model_validate({"hub": {"notify": notify}})
    view = hub_view(news=events, settings=settings_view(config), version=version)
    announcer.tell(view, everything(view))


def test_a_trade_is_said_in_the_window_and_on_the_desktop(
    announcer: Announcer, said: Said, notices: list[tuple[str, str]], wait_until: Callable[..., None]
) -> None:
    tell(announcer, bought("BTC"))
    wait_until(lambda: len(notices) == 1)
    words = "PAPER: bought 0.5 BTC for 50.00 USDT (entry)"
    assert said.words == [(words, "news")]
    assert notices == [("PowerTrader", words)]


def test_a_crash_is_an_error_and_shows_no_secret(
    announcer: Announcer, said: Said, notices: list[tuple[str, str]], wait_until: Callable[..., None]
) -> None:
    tell(announcer, CRASHED)
    wait_until(lambda: len(notices) == 1)
    assert said.words[0][1] == "error"
    assert notices[0][0] == "PowerTrader needs a look"
    assert "s3cret" not in said.words[0][0] + notices[0][1]


def test_many_trades_are_one_notice(
    announcer: Announcer, notices: list[tuple[str, str]], wait_until: Callable[..., None]
) -> None:
    tell(announcer, *(bought(f"C{number}") for number in range(10)))
    wait_until(lambda: len(notices) == 1)
    lines = notices[0][1].splitlines()
    assert lines[0] == f"{10 - MOST_LINES} more, and:"
    assert "C9" in lines[-1]
    assert len(lines) == MOST_LINES + 1


def test_signals_are_not_worth_a_word(announcer: Announcer, said: Said, root: tk.Tk) -> None:
    tell(announcer, SignalUpdated(Signal("BTC", 3, 0, (), (), 0.0, 0.0, NOW), NOW))
    root.update()
    assert said.words == []


def test_notices_can_be_switched_off_and_the_window_still_says_it(
    announcer: Announcer, said: Said, notices: list[tuple[str, str]], wait_until: Callable[..., None]
) -> None:
    tell(announcer, bought("BTC"), notify=False)
    tell(announcer, bought("ETH"), version=2)
    wait_until(lambda: len(notices) == 1)
    assert "ETH" in notices[0][1]
    assert len(said.words) == 2
