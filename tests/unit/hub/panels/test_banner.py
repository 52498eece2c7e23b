"""The banner: paper or live, how old the prices are, what needs a look, and the two stops."""

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from tkinter import ttk

import pytest

from powertrader.core.config import NO_WORD, TradingConfig
from powertrader.core.findings import Finding
from powertrader.hub.panel import PanelContext
from powertrader.hub.panels.banner import Banner, data_age_s
from powertrader.hub.trades_view import TradesView
from powertrader.models.order import Side
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import ProcessState, ProcessView
from powertrader.models.status import ThinkerReport
from powertrader.models.trade import Trade
from powertrader.models.venue import Outage, VenueUse
from tests.unit.hub.driving import Said, below, draw, words_in
from tests.unit.hub.views import hub_view, settings_view
from tests.unit.snapshots import NOW, coin, order, record, report, running, snapshot

STOPPED = ProcessView("trader", ProcessState.STOPPED)


@pytest.fixture
def banner(root: tk.Tk, hub_context: Callable[..., PanelContext]) -> Banner:
    made = Banner(hub_context("trading.pause", "trading.resume", "trading.stop_everything"))
    made.build(root).pack(fill="x")
    return made


def press(root: tk.Tk, words: str) -> None:
    (button,) = [one for one in below(root) if isinstance(one, ttk.Button) and words in str(one.cget("text"))]
    button.invoke()


def in_mode(mode: str) -> TradingConfig:
    return TradingConfig.model_validate({"trading": {"mode": mode}})


def test_paper_is_written_out_and_has_no_red_frame(banner: Banner, root: tk.Tk) -> None:
    draw(banner, hub_view())
    assert "PAPER" in words_in(root)
    assert "Live.TFrame" not in [str(one.cget("style")) for one in below(root) if isinstance(one, ttk.Frame)]


def test_live_is_written_out_in_a_red_frame(banner: Banner, root: tk.Tk) -> None:
    made = snapshot(processes=[running("trader", mode="live")], trader=report(mode="live"))
    draw(banner, hub_view(made=made, settings=settings_view(in_mode("live"))))
    assert "LIVE" in words_in(root)
    assert "Live.TFrame" in [str(one.cget("style")) for one in below(root) if isinstance(one, ttk.Frame)]
    assert any("real money" in words for words in words_in(root))


def test_the_mode_is_that_of_the_trader_that_runs_whatever_the_settings_say(
    banner: Banner, root: tk.Tk
) -> None:
    made = snapshot(processes=[running("trader", mode="live")], trader=report(mode="live"))
    draw(banner, hub_view(made=made, settings=settings_view(in_mode("paper"))))
    assert "LIVE" in words_in(root)
    assert any("settings say PAPER" in words for words in words_in(root))


def test_a_trader_that_does_not_run_is_told(banner: Banner, root: tk.Tk) -> None:
    draw(banner, hub_view(made=snapshot(processes=[STOPPED])))
    assert any("The trader does not run." in words for words in words_in(root))


@pytest.mark.parametrize(
    "priced_s, trader, age_s",
    [
        (5, None, 5),
        (90, report(at=NOW - timedelta(seconds=3)), 3),
        (90, report(at=NOW, status=None, skipped="no prices"), 90),
        (None, report(at=NOW, status=None, skipped="no prices"), None),
    ],
)
def test_a_worker_that_gets_no_prices_does_not_make_them_newer(
    priced_s: int | None, trader: object, age_s: float | None
) -> None:
    thinker = None
    if priced_s is not None:
        priced_at = NOW - timedelta(seconds=priced_s)
        thinker = ThinkerReport(NOW, priced_at, NOW, "real_predictions", (), (), ())
    assert data_age_s(snapshot(thinker=thinker, trader=trader)) == age_s


def test_a_venue_that_does_not_answer_is_told_with_the_time_since_until_it_answers(
    banner: Banner, root: tk.Tk
) -> None:
    outage = Outage(NOW - timedelta(seconds=12), NOW, "account: Binance answered HTTP 503")
    silent = snapshot(venues=(VenueUse("binance-testnet", 3, outage=outage), VenueUse("kucoin", 3)))
    draw(banner, hub_view(made=silent))
    (words,) = [one for one in words_in(root) if "no useful answer" in one]
    assert words.startswith("Binance (testnet) has given no useful answer for 12 s.")
    assert words.endswith("Last: account: Binance answered HTTP 503")
    draw(banner, hub_view())
    assert not any("no useful answer" in one for one in words_in(root))


def test_a_live_trader_that_is_not_started_again_is_told_with_what_to_do(banner: Banner, root: tk.Tk) -> None:
    said = record("trader", WorkerState.REFUSED, f"powertrader: trading.mode is live and {NO_WORD}: ...")
    made = snapshot(processes=[ProcessView("trader", ProcessState.REFUSED, record=said)])
    draw(banner, hub_view(made=made, settings=settings_view(in_mode("live"))))
    assert any("choose Start Trader and type LIVE" in words for words in words_in(root))


def test_the_last_order_and_those_on_their_way_are_told(banner: Banner, root: tk.Tk) -> None:
    trade = Trade("BTC", Side.BUY, 42000.0, Decimal("0.5"), Decimal(21000), "entry", NOW)
    made = snapshot(trader=report(open_orders=(order("ETH"),)))
    draw(banner, hub_view(made=made, trades=TradesView.of([trade])))
    (words,) = [one for one in words_in(root) if "Last order" in one]
    assert "BUY 0.5 BTC" in words
    assert "$42,000" in words
    assert "1 in flight" in words


def test_what_needs_a_look_is_counted_and_a_click_shows_it(banner: Banner, root: tk.Tk, said: Said) -> None:
    draw(banner, hub_view([coin("BTC")], findings=()))
    assert "All well" in words_in(root)
    found = (Finding("trader", "has crashed", "it is started again"), Finding("disk", "full", "make room"))
    draw(banner, hub_view([coin("BTC")], findings=found))
    press(root, "2 need a look")
    assert [screen for screen, _ in said.shown] == ["health"]


def test_buying_is_paused_and_resumed_by_the_same_button(banner: Banner, root: tk.Tk, said: Said) -> None:
    draw(banner, hub_view())
    press(root, "Pause buys")
    draw(banner, hub_view(made=snapshot(trader=report(halts=(("", "paused by the user"),)))))
    press(root, "Resume buys")
    assert [name for name, _ in said.commands] == ["trading.pause", "trading.resume"]


def test_a_pause_of_one_coin_is_none_of_all(banner: Banner, root: tk.Tk) -> None:
    draw(banner, hub_view(made=snapshot(trader=report(halts=(("BTC", "paused by the user"),)))))
    assert "Pause buys" in words_in(root)


def test_stop_everything_is_always_there(banner: Banner, root: tk.Tk, said: Said) -> None:
    draw(banner, replace(hub_view(), findings=()))
    press(root, "Stop everything")
    assert said.commands == [("trading.stop_everything", {})]
