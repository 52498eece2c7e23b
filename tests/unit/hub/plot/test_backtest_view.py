"""The chart of backtests: two frames over the same time, the second run dashed, values under the pointer."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from powertrader.hub.backtest_runs import BacktestRun, RunCurve
from powertrader.hub.plot.backtest_view import BacktestView
from powertrader.hub.plot.scene import Path as Line
from powertrader.hub.plot.scene import Words
from tests.unit.hub.plot.drawings import HOUR_S, START_S, STYLE, named, texts

SIZE = (800, 400)


def run(equity: list[float], start: float = 1000.0, first: int = 0) -> BacktestRun:
    values = np.array(equity)
    peaks = np.maximum.accumulate(np.concatenate(([start], values)))[1:]
    times = START_S + (first + np.arange(len(values), dtype=np.float64)) * HOUR_S
    moment = datetime(2023, 11, 14, tzinfo=UTC)
    return BacktestRun(
        folder=Path("backtest_20231114_000000"),
        coins=("BTC",),
        quote="USDT",
        start=moment,
        stop=moment,
        engine="event",
        strategy="classic",
        interrupted=False,
        metrics={"start_equity": start},
        curve=RunCurve(times, values, (1 - values / peaks) * 100),
        settings={},
        notes=(),
        data_hash="a",
        code_version="b",
    )


def view(*runs: BacktestRun) -> BacktestView:
    made = BacktestView()
    made.show(runs, ("this one", "compared")[: len(runs)])
    return made


def test_runs_with_other_accounts_are_drawn_in_percent_and_the_second_is_dashed() -> None:
    made = view(run([1000, 1100, 1050, 1200]), run([50, 60], start=50.0))
    scene = made.scene(SIZE, STYLE)
    lines = named(scene, Line, "return.line")
    assert [line.dash > 0 for line in lines.values()] == [False, True]
    one, two = lines.values()
    # +20 % at the end of both, reached at the same height
    assert one.points[-1, 1] == pytest.approx(two.points[-1, 1])
    assert one.points[0, 1] > one.points[1, 1] > one.points[3, 1]
    # a fall of 1050 / 1100 hangs below the line of no fall, in a frame of its own
    fall = named(scene, Line, "fall.line")["fall.line.0"].points[:, 1]
    assert fall[2] > fall[1] == fall[3] == fall[0] > one.points[0, 1]
    assert texts(scene, "legend") == ["this one  +20.00%", "compared  +20.00%"]
    assert len({shape.name for shape in scene.shapes}) == len(scene.shapes)


@pytest.mark.parametrize("deepest", [1.1, 5.85, 34.98, 45.8, 60.3, 99.0])
def test_a_low_frame_tells_how_deep_a_fall_is(deepest: float) -> None:
    scene = view(run([1000.0, 1000.0 - 10 * deepest])).scene((800, 200), STYLE)
    labels = texts(scene, "fall.tick")
    assert "0%" in labels
    assert any(label.startswith("-") for label in labels)


def test_the_pointer_tells_what_both_were_worth_then() -> None:
    made = view(run([1000, 1100, 1050, 1200]), run([50, 60], start=50.0))
    line = named(made.scene(SIZE, STYLE), Line, "return.line")["return.line.0"]
    cross = made.cross((float(line.points[2, 0]) + 1, 100.0), STYLE)
    assert cross is not None
    (told,) = texts(cross, "told.text")
    assert told.startswith("this one: $1,050.00 (-4.55%)   compared: $60.00 (")
    assert made.cross((2.0, 2.0), STYLE) is None


def test_zooming_and_moving_stay_within_the_values_and_reset_shows_all() -> None:
    made = view(run([1000.0 + number for number in range(200)]))
    made.scene(SIZE, STYLE)
    whole = made.span
    made.zoom(0.5, None)
    low, high = made.span
    assert high == whole[1]
    assert low == pytest.approx((whole[0] + whole[1]) / 2)
    made.pan(-1e6)
    assert made.span[0] == whole[0]
    made.pan(1e6)
    assert made.span[1] == whole[1]
    made.zoom(1e-9, None)
    assert made.span[1] - made.span[0] == HOUR_S
    made.zoom(1e9, 10.0)
    assert made.span == whole
    made.zoom(0.1, 300.0)
    made.reset()
    assert made.span == whole


def test_a_run_that_never_traded_and_none_at_all_are_drawn_with_their_note() -> None:
    for made in (view(), view(run([]))):
        made.note = "nothing"
        scene = made.scene(SIZE, STYLE)
        assert texts(scene, "note") == ["nothing"]
        assert made.cross((400.0, 100.0), STYLE) is None
        assert not named(scene, Line, "return.line")
        # nothing has happened at no time
        assert texts(scene, "moment") == texts(scene, "return.tick") == texts(scene, "fall.tick") == []


def test_an_account_that_stood_still_has_labels_and_no_tremble() -> None:
    scene = view(run([1000.0, 1000.0])).scene(SIZE, STYLE)
    labels = [one.text for one in named(scene, Words, "return.tick").values()]
    assert "0%" in labels
    points = named(scene, Line, "return.line")["return.line.0"].points
    assert points[0, 1] == points[1, 1]
