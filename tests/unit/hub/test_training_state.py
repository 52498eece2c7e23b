"""The words of the classic screen about trainings, and when all may be started."""

from dataclasses import replace

import pytest

from powertrader.hub.training_state import (
    CoinState,
    Trainings,
    coin_lines,
    progress_pct,
    trainings_of,
)
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, TrainingView
from powertrader.models.training import TrainingReport
from tests.unit.snapshots import DAY_S, NOW, TRAINED, coin, running, snapshot

HALF = TrainingView("TRAINING", None, None, 42.4, None, "4hour", 2, 7)
TOLD = TrainingReport("BTC", "training", "kucoin", 8, NOW, NOW, NOW)
BROKEN = replace(HALF, state="INTERRUPTED")
STOPPED = tuple(ProcessView(name, ProcessState.STOPPED) for name in ("trainer", "thinker", "trader"))


def named(name: str, training: TrainingView) -> CoinView:
    return coin(name, training=training)


def of(*coins: CoinView, processes: tuple[ProcessView, ...] = ()) -> Trainings:
    return trainings_of(snapshot(coins, processes))


@pytest.mark.parametrize(
    "training, state",
    [
        (HALF, CoinState.TRAINING),
        (TRAINED, CoinState.TRAINED),
        (replace(TRAINED, age_s=14 * DAY_S), CoinState.TRAINED),
        (replace(TRAINED, age_s=14 * DAY_S + 1), CoinState.NOT_TRAINED),
        (replace(TRAINED, age_s=None), CoinState.TRAINED),
        (replace(TRAINED, state="INTERRUPTED"), CoinState.INTERRUPTED),
        (replace(TRAINED, state="FAILED"), CoinState.TRAINED),
        (TrainingView("FAILED"), CoinState.NOT_TRAINED),
        (TrainingView(), CoinState.NOT_TRAINED),
    ],
)
def test_item_states_of_a_coin(training: TrainingView, state: CoinState) -> None:
    assert of(named("BTC", training)).states == {"BTC": state}


def test_defect_3_a_training_whose_process_is_gone_is_interrupted_and_not_training_for_ever() -> None:
    assert of(named("BTC", HALF), processes=STOPPED).states["BTC"] is CoinState.INTERRUPTED
    another = replace(HALF, report=TOLD)
    assert of(named("BTC", another)).states["BTC"] is CoinState.INTERRUPTED
    same = replace(HALF, report=replace(TOLD, pid=7))
    assert of(named("BTC", same)).states["BTC"] is CoinState.TRAINING


def test_item_progress_label_names_timeframe_number_and_percent_of_one_coin() -> None:
    assert of(named("BTC", HALF)).progress == "BTC: 4hour [3/7] (42%)"


def test_item_progress_label_gives_the_average_of_several_coins() -> None:
    found = of(named("BTC", HALF), named("ETH", replace(HALF, progress_pct=57.6)))
    assert found.progress == "Training 2 coins (50%)"
    assert found.pct == pytest.approx(50.0)


def test_item_progress_label_says_starting_without_a_progress_file() -> None:
    assert of(named("BTC", TrainingView("TRAINING"))).progress == "BTC: starting..."
    assert of(named("BTC", TRAINED)).progress == ""


@pytest.mark.parametrize(
    "coins, words",
    [
        ((named("BTC", HALF), named("ETH", BROKEN)), "Training: RUNNING (BTC)"),
        ((named("BTC", BROKEN), named("ETH", TrainingView())), "Training: 1 INTERRUPTED (will resume)"),
        ((named("BTC", TrainingView()), named("ETH", TRAINED)), "Training: REQUIRED (1 not trained)"),
        ((named("BTC", TRAINED),), "Training: READY (all trained)"),
        ((), "Training: no coins yet. Name some in Settings."),
    ],
)
def test_item_overview_tells_what_is_most_urgent(coins: tuple[CoinView, ...], words: str) -> None:
    assert of(*coins).overview == words


def test_an_overview_of_many_coins_names_a_few() -> None:
    found = of(*[named(f"C{number}", HALF) for number in range(1200)])
    assert found.overview == "Training: RUNNING (C0, C1, C2, C3, C4 and 1,195 more)"


def test_item_flow_hint_in_its_four_forms() -> None:
    ready, missing = named("BTC", TRAINED), named("ETH", TrainingView())
    stopped = of(ready, processes=STOPPED)
    assert of(ready, missing, processes=STOPPED).flow(trader_follows=False) == (
        "Flow: Train All required → then Start All"
    )
    assert stopped.flow(trader_follows=True) == (
        "Flow: Starting runner → waiting for ready → trader will auto-start"
    )
    assert of(ready, missing).flow(trader_follows=False) == "Flow: Running (use the button to stop)"
    assert stopped.flow(trader_follows=False) == "Flow: Start All"


def test_without_coins_the_flow_hint_names_the_settings() -> None:
    assert of(processes=STOPPED).flow(trader_follows=False) == "Flow: name coins in Settings → Train All"
    assert not of().may_start_all


def test_item_start_all_gating_asks_every_coin_to_be_trained() -> None:
    assert of(named("BTC", TRAINED)).may_start_all
    assert not of(named("BTC", TRAINED), named("ETH", BROKEN)).may_start_all


@pytest.mark.parametrize("name", ["thinker", "trader"])
def test_one_of_thinker_and_trader_is_enough_to_be_running(name: str) -> None:
    others = tuple(view for view in STOPPED if view.process != name)
    assert of(coin("BTC"), processes=(*others, running(name))).works
    assert not of(coin("BTC"), processes=(*STOPPED[1:], running("trainer"))).works


def test_item_list_lines_tell_state_and_where_a_training_is() -> None:
    failed = replace(TOLD, state="failed", reason="no candles")
    coins = (
        named("BTC", HALF),
        named("ETH", BROKEN),
        named("XRP", TRAINED),
        named("BNB", TrainingView()),
        named("ADA", TrainingView("FAILED", report=failed)),
        named("SOL", TrainingView("TRAINING")),
    )
    assert coin_lines(coins, of(*coins)) == (
        "BTC: TRAINING — 4hour [3/7] 42%",
        "ETH: INTERRUPTED — 4hour [3/7] 42%",
        "XRP: TRAINED",
        "BNB: NOT TRAINED",
        "ADA: NOT TRAINED — the last training failed: no candles",
        "SOL: TRAINING — starting...",
    )


def test_a_coin_that_was_asked_for_says_that_it_waits_until_it_is_trained() -> None:
    coins = (named("BTC", HALF), named("ETH", BROKEN), named("XRP", TRAINED))
    assert coin_lines(coins, of(*coins), frozenset({"BTC", "ETH"})) == (
        "BTC: TRAINING — 4hour [3/7] 42%",
        "ETH: INTERRUPTED — asked for, waits for its turn",
        "XRP: TRAINED",
    )


def test_skip_trained_leaves_out_what_is_trained() -> None:
    found = of(named("BTC", TRAINED), named("ETH", BROKEN), named("XRP", TrainingView()))
    assert found.wanted(("BTC", "ETH", "XRP", "NEW")) == ("ETH", "XRP", "NEW")


@pytest.mark.parametrize("told, shown", [(float("nan"), None), (-3.0, 0.0), (250.0, 100.0), (None, None)])
def test_a_progress_that_makes_no_sense_is_not_shown(told: float | None, shown: float | None) -> None:
    assert progress_pct(replace(HALF, progress_pct=told)) == shown
