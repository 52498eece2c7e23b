"""The page of a backtest: whole, honest, and without anything from elsewhere."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from powertrader.analytics.backdrop import Backdrop
from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.outcomes import columns_of
from powertrader.backtest.report_page import TRADES_SHOWN, report_page
from powertrader.backtest.report_svg import frame_around, number_text, round_values, time_axis, value_axis
from powertrader.backtest.report_words import NOT_SIMULATED, SIMULATED
from powertrader.backtest.result import RunOutcome, result_of
from tests.unit.backtest.result_scene import market, outcome, result, taken


class Reader(HTMLParser):
    """Reads a page: its text, its elements, and which of them were left open."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += f"{data} "

    def count(self, tag: str, style: str = "") -> int:
        return len([one for one, attrs in self.elements if one == tag and attrs.get("class", "") == style])


def test_the_page_is_whole_and_loads_nothing() -> None:
    page = report_page(result(), market())
    reader = Reader(page)
    assert reader.open == []
    assert not re.search(r"https?:|src=|@import|url\(|<script|<link", page)
    assert "prefers-color-scheme: dark" in page


def test_the_page_shows_figures_settings_trades_and_limits() -> None:
    reader = Reader(report_page(result(notes=("BTC lacks candles",)), market()))
    said = re.sub(r"\s+", " ", reader.text)
    for words in (
        "Backtest of BTC",
        "+9.50 %",
        "BTC lacks candles",
        "trading.coins BTC, ETH BTC ",
        "dca.multiplier 1.5 2 ",
        *SIMULATED,
    ):
        assert words in said
    assert all(words in said for words in NOT_SIMULATED)
    assert "2022-01-30 06:00 sell BTC 0.999 130 129.87 0.1299 trailing_exit +4.74" in said
    # January gains 46 of 1,000 until its last midnight, February the rest
    assert re.search(r"2022 \+4\.70 \+4\.58 \+9\.50", said)
    assert (reader.count("path", "buy"), reader.count("path", "sell")) == (3, 2)
    # three days and a bit in hours
    assert reader.count("path", "up") + reader.count("path", "down") == 96


def test_what_a_result_says_cannot_change_the_page() -> None:
    named = result(notes=("<script>alert(1)</script>",))
    assert "<script" not in report_page(named, market())


def test_an_interrupted_backtest_without_a_step_has_a_page_too() -> None:
    empty = np.empty(0)
    nothing = RunOutcome(
        EquityCurve("1h", 1000.0, empty.astype(np.int64), empty), columns_of((), ("BTC",)), ()
    )
    stopped = result_of(replace(result().facts, interrupted=True), nothing, Backdrop(market()))
    reader = Reader(report_page(stopped, market()))
    assert reader.open == []
    assert "interrupted" in reader.text
    assert reader.count("polyline", "equity") == 0


def test_only_the_latest_of_very_many_trades_are_listed() -> None:
    few = outcome()
    places = np.repeat(np.arange(5, dtype=np.int64), TRADES_SHOWN // 5 + 1)
    trades = taken(few.trades, places)
    many = result_of(result().facts, replace(few, trades=trades), Backdrop(market()))
    said = Reader(report_page(many, market())).text
    assert f"The latest {TRADES_SHOWN} of 205; all are in trades.csv." in said


@pytest.mark.parametrize(
    "low, high, values",
    [
        (0.0, 10.0, [0, 2, 4, 6, 8, 10]),
        (-7.0, 23.0, [-5, 0, 5, 10, 15, 20]),
        (0.0, 0.3, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        (970.0, 1035.0, [980, 1000, 1020]),
        (5.0, 5.0, [5]),
    ],
)
def test_axes_have_round_values(low: float, high: float, values: list[float]) -> None:
    assert round_values(low, high) == pytest.approx(values)


@pytest.mark.parametrize(
    "value, text", [(12500.0, "12,500"), (0.07215, "0.07215"), (-2.5, "-2.5"), (3.0, "3")]
)
def test_numbers_of_an_axis_are_short(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize("days", [5, 60, 150, 400, 3000])
def test_dates_below_a_drawing_are_few_enough_to_be_read(days: int) -> None:
    times = np.array([1_650_000_000.0, 1_650_000_000.0 + days * 86400])
    frame = frame_around(100, times, np.array([1.0, 2.0]))
    found = [part for part in time_axis(frame) if "<text" in part]
    assert 3 <= len(found) <= 13
    assert all(re.search(r">(\d\d )?([A-Z][a-z]{2} )?\d{2,4}<", part) for part in found)
    assert not any("NaN" in part for part in value_axis(frame))
