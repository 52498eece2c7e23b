"""Findings: whatever needs a look is named, with what to do, and nothing else is."""

from dataclasses import replace
from datetime import timedelta

import pytest

from powertrader.core.config import TradingConfig, require_confirmation
from powertrader.core.exceptions import ConfigError
from powertrader.core.findings import LEAST_FREE_BYTES, Finding, Kind, findings_of
from powertrader.models.observers import (
    ListenerFailures,
    ObserverReport,
    PluginState,
    PluginStatus,
    RelayStatus,
)
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import ProcessState, ProcessView, Snapshot, TrainingView
from powertrader.models.training import TrainingReport
from powertrader.models.venue import Outage, VenueUse
from tests.unit.snapshots import DAY_S, NOW, coin, record, report, running, snapshot

BTC = (coin("BTC"),)


def found(stand: Snapshot) -> dict[str, Finding]:
    return {finding.subject: finding for finding in findings_of(stand)}


def ended(process: str, state: ProcessState, why: WorkerState, *said: str) -> ProcessView:
    return ProcessView(process, state, record=record(process, why, *said))


def test_nothing_needs_a_look_while_all_is_well() -> None:
    assert findings_of(snapshot(BTC)) == ()


def test_a_trainer_and_a_supervisor_that_were_stopped_are_no_problem_by_themselves() -> None:
    stopped = [ProcessView(name, ProcessState.STOPPED) for name in ("trainer", "supervisor")]
    assert findings_of(snapshot(BTC, stopped)) == ()


def test_a_shadow_is_looked_at_only_while_it_runs() -> None:
    gone, fails = (
        ProcessView("shadow", ProcessState.CRASHED),
        running("shadow", ProcessState.FAILING, last_error="no answer"),
    )
    assert findings_of(replace(snapshot(BTC), processes=(*snapshot(BTC).processes, gone))) == ()
    finding = found(replace(snapshot(BTC), processes=(*snapshot(BTC).processes, fails)))["shadow"]
    assert (finding.problem, finding.advice) == (
        "its last step failed: no answer",
        "it tries again by itself; logs/shadow.log has the details",
    )


@pytest.mark.parametrize("process", ["thinker", "trader"])
def test_a_thinker_or_trader_that_does_not_run_is_named(process: str) -> None:
    finding = found(snapshot(BTC, [ProcessView(process, ProcessState.STOPPED)]))[process]
    assert finding.problem == "does not run"
    assert f"`powertrader {process}`" in finding.advice


@pytest.mark.parametrize(
    "view, problem, advice",
    [
        (running("trader", ProcessState.FAILING, last_error="no answer"), "no answer", "tries again"),
        (
            running("trader", ProcessState.WARNING, recent_errors=6, last_error="no answer"),
            "6 errors in the last five minutes",
            "goes on",
        ),
        (running("trader", ProcessState.STALE), "no sign of life", "powertrader stop trader"),
        (
            ended("trader", ProcessState.CRASHED, WorkerState.CRASHED, "boom"),
            "has crashed: boom",
            "started again by itself",
        ),
        (
            ended("trader", ProcessState.CRASHED, WorkerState.CRASHED),
            "has crashed without a word",
            "logs/trader.out",
        ),
        (
            ended("trader", ProcessState.REFUSED, WorkerState.REFUSED, "x is no setting"),
            "cannot start: x is no setting",
            "powertrader config check",
        ),
    ],
)
def test_a_worker_that_is_not_well_is_named_with_the_reason_and_what_to_do(
    view: ProcessView, problem: str, advice: str
) -> None:
    finding = found(snapshot(BTC, [view]))["trader"]
    assert problem in finding.problem
    assert advice in finding.advice


def test_a_crash_without_a_supervisor_is_not_promised_to_mend_itself() -> None:
    crashed = ended("trader", ProcessState.CRASHED, WorkerState.CRASHED, "boom")
    finding = found(snapshot(BTC, [crashed, ProcessView("supervisor", ProcessState.STOPPED)]))["trader"]
    assert "start it with `powertrader up`" in finding.advice


def test_a_killed_supervisor_is_missed_only_while_workers_run() -> None:
    killed = ProcessView("supervisor", ProcessState.CRASHED)
    assert "the workers go on" in found(snapshot(BTC, [killed]))["supervisor"].advice
    nobody = [ProcessView(name, ProcessState.STOPPED) for name in ("trainer", "thinker", "trader")]
    assert "supervisor" not in found(snapshot(BTC, [killed, *nobody]))


def test_a_venue_that_does_not_answer_is_named_with_the_time_since() -> None:
    outage = Outage(NOW - timedelta(seconds=12), NOW, "account: Binance answered HTTP 503")
    uses = (VenueUse("binance-testnet", 3, outage=outage), VenueUse("kucoin", 3))
    assert findings_of(snapshot(BTC, venues=uses)) == (
        Finding(
            "Binance (testnet)",
            "no useful answer since 11:59:48 UTC: account: Binance answered HTTP 503",
            "it is asked again by itself; what needs it waits meanwhile",
            kind=Kind.VENUE,
        ),
    )


def test_a_live_trader_that_lacks_its_word_is_not_said_to_have_wrong_settings() -> None:
    with pytest.raises(ConfigError) as refused:
        require_confirmation(TradingConfig.model_validate({"trading": {"mode": "live"}}), None)
    without = ended("trader", ProcessState.REFUSED, WorkerState.REFUSED, f"powertrader: {refused.value}")
    assert "type the word" in found(snapshot(BTC, [without]))["trader"].advice
    wrong = ended("trader", ProcessState.REFUSED, WorkerState.REFUSED, "powertrader: no such key")
    assert "config check" in found(snapshot(BTC, [wrong]))["trader"].advice


def test_pauses_and_frozen_coins_are_named_with_the_command_that_ends_them() -> None:
    stand = snapshot(BTC, trader=report(halts=(("", "by hand"), ("ETH", "sold")), frozen=(("XRP", "gone"),)))
    assert "`powertrader resume`" in found(stand)["all coins"].advice
    assert "`powertrader resume ETH`" in found(stand)["ETH"].advice
    assert "`powertrader ledger explain XRP`" in found(stand)["XRP"].advice


def test_many_coins_with_one_reason_are_one_finding() -> None:
    frozen = tuple((f"C{number}", "no_price") for number in range(1000))
    (finding,) = findings_of(snapshot(BTC, trader=report(frozen=frozen)))
    assert finding.subject == "C0, C1, C2, C3, C4 and 995 more"
    assert finding.verdict == "no_price"


def test_a_trader_without_steps_is_named_with_its_reason_while_it_runs() -> None:
    stand = snapshot(BTC, trader=report(skipped="no_account"))
    assert found(stand)["trader"].verdict == "no_account"
    stopped = snapshot(BTC, [ProcessView("trader", ProcessState.STOPPED)], trader=stand.trader)
    assert found(stopped)["trader"].problem == "does not run"


def test_untrained_and_outdated_coins_are_named_while_nobody_trains_them() -> None:
    old = TrainingView("FINISHED", NOW - timedelta(days=15), 15 * DAY_S)
    coins = [coin("BTC"), coin("ETH", training=TrainingView()), coin("XRP", training=old)]
    idle = [ProcessView("trainer", ProcessState.STOPPED)]
    assert set(found(snapshot(coins, idle))) == {"ETH", "XRP"}
    assert "`powertrader trainer XRP`" in found(snapshot(coins, idle))["XRP"].advice
    assert findings_of(snapshot(coins)) == ()


def test_a_training_that_was_broken_off_is_known_by_the_trainer_that_is_gone() -> None:
    coins = [coin("BTC", training=TrainingView("TRAINING", None, None, 43.0))]
    idle = [ProcessView("trainer", ProcessState.STOPPED)]
    assert found(snapshot(coins, idle))["BTC"].problem == "the training was broken off"
    assert findings_of(snapshot(coins)) == ()


def test_a_failed_training_is_named_also_while_the_trainer_runs() -> None:
    coins = [coin("BTC", training=TrainingView("FAILED", NOW, 0.0))]
    assert "failed" in found(snapshot(coins))["BTC"].problem


def test_trainings_that_failed_for_one_reason_are_named_together_with_its_remedy() -> None:
    told = TrainingReport(
        "BTC", "failed", "kucoin", 7, NOW, NOW, NOW, reason="no candles", remedy="try later"
    )
    failed = TrainingView("FAILED", NOW, 0.0, None, told)
    coins = [coin("BTC", training=failed), coin("ETH", training=failed), coin("XRP")]
    finding = found(snapshot(coins))["BTC, ETH"]
    assert (finding.problem, finding.advice) == ("the last training failed: no candles", "try later")


def test_plugins_and_redis_that_do_not_work_are_named_while_their_worker_runs() -> None:
    plugins = (
        PluginStatus("good", "1", PluginState.RUNNING),
        PluginStatus("bad", "1", PluginState.DISABLED, reason="raised 5 times"),
    )
    relay = RelayStatus("localhost:6379", connected=False, sent=0, waiting=3, dropped=0, problem="refused")
    stand = snapshot(BTC, observers=(ObserverReport("trader", NOW, plugins, (), relay),))
    assert {one.subject: one.problem for one in findings_of(stand)} == {
        "plugin bad": "disabled in the trader: raised 5 times",
        "Redis, asked by the trader": "refused",
    }
    stopped = snapshot(BTC, [ProcessView("trader", ProcessState.STOPPED)], observers=stand.observers)
    assert [one.subject for one in findings_of(stopped)] == ["trader"]


def test_listeners_that_fail_and_events_that_were_lost_are_named_and_a_quiet_line_to_redis_is_not() -> None:
    quiet = RelayStatus("localhost:6379", connected=False, sent=0, waiting=0, dropped=0, problem="")
    failures = (ListenerFailures("journal", 3, "BadData: odd"),)
    stand = snapshot(BTC, observers=(ObserverReport("trader", NOW, (), failures, quiet, lost=2),))
    assert [(one.subject, one.problem) for one in findings_of(stand)] == [
        ("events of the trader", "journal raised 3 times, last BadData: odd"),
        ("events of the trader", "2 were not written to logs/"),
    ]


def test_of_many_coins_a_few_are_named_and_the_rest_counted() -> None:
    coins = [coin(f"C{number}", training=TrainingView()) for number in range(1000)]
    (finding,) = findings_of(snapshot(coins, [ProcessView("trainer", ProcessState.STOPPED)]))
    assert finding.subject == "C0, C1, C2, C3, C4 and 995 more"
    assert finding.advice == "`powertrader trainer` trains what is missing"


def test_a_disk_that_is_nearly_full_and_unreadable_files_are_named() -> None:
    stand = snapshot(BTC, free_bytes=LEAST_FREE_BYTES - 1, problems=("x.json holds no trader",))
    assert "only 499 MB are free" in found(stand)["disk"].problem
    assert found(stand)["files"].problem == "x.json holds no trader"
    assert findings_of(snapshot(BTC, free_bytes=None)) == ()
