"""What `status` and `up` show, on narrow and wide terminals, with one coin and a thousand."""

import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from powertrader.cli.live_view import LiveView
from powertrader.cli.standing import standing_json
from powertrader.cli.standing_view import (
    account_lines,
    age_text,
    coin_table,
    finding_lines,
    process_table,
    reason_text,
    trained_text,
)
from powertrader.core.findings import findings_of
from powertrader.core.verdicts import words_for
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, Snapshot, TrainingView
from powertrader.models.status import PositionStatus, ThinkerReport
from powertrader.models.training import TrainingReport
from tests.unit.snapshots import DAY_S, NOW, coin, order, record, report, running, snapshot

HELD = PositionStatus(
    "ETH", 3000.0, 2999.0, stage=2, quantity=0.1, value=299.9, gain_at_bid_pct=-1.25, trail_active=True
)

VERDICTS = ("short_not_zero", "no_signal", "trailing", "halted", "cooling_down")


def training_report() -> TrainingReport:
    return TrainingReport("BTC", "training", "kucoin", 7, NOW, NOW, NOW)


def text_of(shown: RenderableType, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, height=24, highlight=False)
    console.print(shown)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def picture(stand: Snapshot, width: int, height: int) -> list[str]:
    console = Console(file=StringIO(), width=width, height=height)
    return text_of(LiveView(console, str).picture(stand, width, height), width).rstrip("\n").splitlines()


def thousand() -> Snapshot:
    coins = [coin(f"C{number}", long=number % 7) for number in range(999)]
    return snapshot([*coins, coin("ETH", position=HELD, verdict="trailing")])


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("height", [16, 24, 60])
def test_the_picture_of_a_thousand_coins_fits_the_terminal(width: int, height: int) -> None:
    crashed = ProcessView(
        "trainer", ProcessState.CRASHED, record=record("trainer", WorkerState.CRASHED, "x" * 300)
    )
    many = report(halts=tuple((f"C{number}", "by hand " * 30) for number in range(50)))
    stand = replace(thousand(), processes=snapshot((), [crashed]).processes, trader=many)
    lines = picture(stand, width, height)
    assert len(lines) < height
    assert all(len(line) <= width for line in lines)


@pytest.mark.parametrize("coins", [thousand().coins, thousand().coins[-1:]])
def test_a_picture_says_what_needs_a_look_and_what_to_do_also_with_a_thousand_coins(
    coins: tuple[CoinView, ...],
) -> None:
    said = "powertrader: account: Binance answered -2015 'Invalid API-key'; check the API key"
    crashed = ProcessView("trader", ProcessState.CRASHED, record=record("trader", WorkerState.CRASHED, said))
    stand = replace(thousand(), processes=snapshot((), [crashed]).processes, coins=coins)
    lines = picture(stand, 80, 24)
    assert len(lines) < 24
    text = " ".join(line.strip() for line in lines)
    assert "trader: has crashed: powertrader: account: Binance answered -2015" in text
    assert "check the API key it is started again by itself" in text
    assert any(line.startswith("ETH") for line in lines)


def test_what_needs_a_look_is_cut_off_where_coins_would_have_no_room(tmp_path: Path) -> None:
    broken = [tmp_path / f"{number}.json" for number in range(50)]
    stand = replace(thousand(), problems=tuple([f"{path} is damaged" for path in broken]))
    lines = picture(stand, 80, 24)
    assert len(lines) < 24
    assert [line for line in lines if line.endswith("…")]
    assert [line.split()[0] for line in lines if line[:1] == "C" and line[1:2].isdigit()]


def test_what_is_held_comes_first_then_what_is_closest_to_being_bought_and_the_rest_is_counted() -> None:
    lines = text_of(coin_table(thousand(), 4, 80)).splitlines()
    assert [line.split()[0] for line in lines[2:]] == ["ETH", "C104", "C111", "+997"]
    assert "299.90" in lines[2]
    assert "-1.25 %" in lines[2]
    assert "997 a timeframe says short" in lines[-1]


def test_one_coin_has_no_line_for_others() -> None:
    lines = text_of(coin_table(snapshot([coin("BTC")]), 1, 80)).splitlines()
    assert len(lines) == 3
    assert lines[2].startswith("BTC")


def test_wide_terminals_show_levels_as_bars() -> None:
    stand = snapshot([coin("BTC", long=3)])
    assert "███···· 3" in text_of(coin_table(stand, 5, 140), 140)
    assert "█" not in text_of(coin_table(stand, 5, 80))


def test_processes_tell_state_age_errors_and_why_they_ended() -> None:
    refused = ProcessView(
        "trainer",
        ProcessState.REFUSED,
        record=record("trainer", WorkerState.REFUSED, "powertrader: no", exit_code=2),
    )
    failing = running("trader", ProcessState.FAILING, errors=3, last_error="no answer [b]of[/b] the venue")
    lines = text_of(process_table(snapshot((), [refused, failing])), 140).splitlines()
    trainer, trader = lines[3], lines[5]
    assert trainer.split()[:2] == ["trainer", "refused"]
    assert "  no (exit code 2)" in trainer
    assert trader.split()[:7] == ["trader", "failing", "7", "1", "s", "ago", "3"]
    assert "no answer [b]of[/b] the venue" in trader


def test_the_account_tells_mode_money_pauses_frozen_coins_and_open_orders() -> None:
    told = report(
        mode="live",
        skipped="no_account",
        halts=(("", "by hand"),),
        frozen=(("XRP", "gone"),),
        open_orders=(order("BTC"),),
        at=NOW - timedelta(hours=3),
    )
    shown = "\n".join(line.plain for line in account_lines(snapshot(trader=told)))
    assert shown.startswith("LIVE account default   total 10,000.00 USDT, free 9,000.00")
    assert "as of 3 h ago" in shown
    assert "the account did not answer" in shown
    assert "Not bought: all coins (by hand)" in shown
    assert "Nothing is done with XRP: gone" in shown
    assert "Open order: buy 0.1 of 0.5 BTC (entry, no answer yet)" in shown
    assert "No trader has run here" in next(account_lines(snapshot(trader=None))).plain


def test_an_account_that_is_not_known_yet_shows_the_trades_alone() -> None:
    shown = [line.plain for line in account_lines(snapshot(trader=report(status=None)))]
    assert shown == ["PAPER account default", "realised +5.00, 3 trades"]


def test_each_coin_says_why_it_is_not_bought() -> None:
    assert (
        reason_text(coin("BTC", waiting="not trained yet", verdict="no_signal"))
        == "no signal: not trained yet"
    )
    assert reason_text(coin("BTC", verdict="no_signal")) == "no fresh signal"
    assert reason_text(coin("BTC", halted="by hand")) == "not bought: by hand"
    assert reason_text(coin("BTC", frozen="gone", halted="by hand")) == "gone"


def test_a_coin_that_is_or_will_be_trained_by_itself_is_no_task_for_anybody() -> None:
    waits, learns = (
        coin(name, training=training, waiting="not trained yet; train this coin", verdict="no_signal")
        for name, training in (("BTC", TrainingView()), ("ETH", TrainingView("TRAINING")))
    )
    stand = snapshot([waits, learns])
    lines = text_of(coin_table(stand, 5, 100), 100).splitlines()
    assert "waiting for training" in lines[2]
    assert "in training" in lines[3]
    alone = snapshot([waits, learns], [ProcessView("trainer", ProcessState.STOPPED)])
    assert text_of(coin_table(alone, 5, 100), 100).count("no signal: not trained yet; train this coin") == 2


def test_a_training_that_failed_says_so_although_the_trainer_runs() -> None:
    failed = TrainingView("FAILED", report=replace(training_report(), state="failed"))
    view = coin("BTC", training=failed, waiting="not trained yet", verdict="no_signal")
    assert reason_text(view, trains=True) == "no signal: not trained yet"


def test_trainer_and_thinker_tell_how_far_they_are_within_a_narrow_terminal() -> None:
    coins = [coin(f"C{number}") for number in range(998)]
    coins += [coin("ETH", training=TrainingView("TRAINING")), coin("BTC", training=TrainingView())]
    thinker = ThinkerReport(NOW, NOW, NOW, "", (), tuple(view.coin for view in coins[:997]), ())
    lines = text_of(process_table(snapshot(coins, thinker=thinker))).splitlines()
    assert lines[3].rstrip().endswith("998 of 1,000 trained, 1 now")
    assert lines[4].rstrip().endswith("997 of 1,000 have signals")
    stopped = [ProcessView(name, ProcessState.STOPPED) for name in ("trainer", "thinker")]
    assert "1,000" not in text_of(process_table(snapshot(coins, stopped, thinker=thinker)))


def test_what_is_said_of_the_rest_is_cut_off_in_a_picture_and_whole_where_there_is_room() -> None:
    coins = [coin(f"C{number}", verdict=verdict) for number, verdict in enumerate(VERDICTS)]
    cut, whole = (text_of(coin_table(snapshot(coins), 1, 80, whole=one)) for one in (False, True))
    assert cut.count("\n") == 3
    assert "…" in cut
    assert "…" not in whole
    assert all(word in whole for verdict in VERDICTS for word in words_for(verdict).split())


def test_each_coin_tells_how_old_its_training_is() -> None:
    never, now = TrainingView(), TrainingView("TRAINING", None, None, 42.4)
    unknown = TrainingView("FINISHED", NOW)
    texts = [
        trained_text(coin("BTC", training=one))
        for one in (never, now, TrainingView("", NOW, 3 * DAY_S), unknown)
    ]
    assert texts == ["never", "now 42 %", "3 d", "01-15"]


@pytest.mark.parametrize(
    "seconds, text",
    [(-5.0, "0 s"), (90.0, "90 s"), (150.0, "2 min"), (7200.0, "2 h"), (15 * DAY_S, "15 d")],
)
def test_ages_have_their_largest_sensible_unit(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


def test_findings_are_shown_in_words_with_what_to_do() -> None:
    stand = snapshot([coin("BTC")], trader=report(skipped="no_account"))
    (line,) = finding_lines(findings_of(stand))
    assert line.plain.startswith("trader: does no step: the account did not answer")
    assert "\n  " in line.plain


def test_scripts_get_everything_as_json() -> None:
    stand = snapshot([coin("ETH", position=HELD)], trader=report(open_orders=(order("BTC"),)))
    found = json.loads(json.dumps(standing_json(stand, findings_of(stand))))
    assert found["processes"]["trader"]["state"] == "running"
    assert found["coins"]["ETH"]["value"] == 299.9
    assert found["trader"]["realized_profit"] == "5.0"
    assert found["trader"]["open_orders"][0]["answered"] is False
    assert found["findings"] == []
    empty = standing_json(snapshot([coin("ETH", signal=None)], trader=None), ())
    assert empty["trader"] is None


def test_without_a_terminal_changes_are_told_as_lines_and_the_account_now_and_then() -> None:
    console = Console(file=StringIO(), width=200)
    assert isinstance(console.file, StringIO)
    view = LiveView(console, lambda text: text.replace("default", "***"))
    stand = snapshot([coin("BTC")])
    with view.shown():
        view.show(stand)
        view.show(stand)
        view.show(snapshot([coin("BTC")], [running("trader", ProcessState.FAILING)]))
        view.show(replace(stand, at=NOW + timedelta(seconds=61)))
    lines = console.file.getvalue().splitlines()
    assert lines.count("trader: running") == 2
    assert lines.count("trader: failing") == 1
    assert len([line for line in lines if line.startswith("PAPER account ***")]) == 2
    assert lines.count("coins: 1 a timeframe says short") == 1
