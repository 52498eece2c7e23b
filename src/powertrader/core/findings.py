"""What needs a look in a home, and what to do about each: judged from a snapshot, nothing is read here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from powertrader.core.config import NO_WORD
from powertrader.core.constants import TRAINING_STALE_DAYS
from powertrader.models.observers import PluginState
from powertrader.models.process import ProcessRecord
from powertrader.models.snapshot import (
    SHADOW,
    SUPERVISOR,
    WORKERS,
    CoinView,
    ProcessState,
    ProcessView,
    Snapshot,
)
from powertrader.models.types import CoinSymbol

LEAST_FREE_BYTES: Final = 500 * 1024 * 1024
"""With less free space than this, files may soon not be written any more."""
_SECONDS_PER_DAY: Final = 86400
_MEGABYTE: Final = 1024 * 1024
_MOST_NAMED: Final = 5
_NEEDED: Final = ("thinker", "trader")
_ALIVE: Final = frozenset({ProcessState.RUNNING, ProcessState.STARTING, ProcessState.WARNING})


class Kind(StrEnum):
    """What a finding is about, for whoever offers to do something about it."""

    PROCESS = "process"
    VENUE = "venue"
    NO_STEP = "no_step"
    NOT_BOUGHT = "not_bought"
    LEFT_ALONE = "left_alone"
    TRAINING = "training"
    LISTENER = "listener"
    DISK = "disk"
    FILES = "files"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that needs a look: what it is about, what is wrong, and what to do.

    verdict is the reason, where it may be the short name of a verdict: who shows it puts it into words.
    coins are those it is about, all of them, "" for every coin; subject names a few.
    """

    subject: str
    problem: str
    advice: str
    verdict: str = ""
    kind: Kind = Kind.FILES
    coins: tuple[CoinSymbol, ...] = ()


def findings_of(snapshot: Snapshot) -> tuple[Finding, ...]:
    """Name everything that needs a look, the most urgent first."""
    return (
        *_about_processes(snapshot),
        *_about_venues(snapshot),
        *_about_the_trader(snapshot),
        *_about_trainings(snapshot),
        *_about_listeners(snapshot),
        *_about_the_disk(snapshot),
        *(
            Finding("files", problem, "it is written again by its worker, otherwise start that anew")
            for problem in snapshot.problems
        ),
    )


def _about_processes(snapshot: Snapshot) -> Iterator[Finding]:
    supervised = snapshot.process(SUPERVISOR).pid is not None
    works = any(snapshot.process(name).pid is not None for name in WORKERS)
    for view in snapshot.processes:
        wrong = _wrong_with(view)
        # without workers nobody misses a supervisor, and nobody ever misses a shadow
        missed = {SUPERVISOR: works, SHADOW: view.pid is not None}.get(view.process, True)
        if wrong and missed:
            yield Finding(view.process, wrong, _advice(view, supervised=supervised), kind=Kind.PROCESS)


def _about_venues(snapshot: Snapshot) -> Iterator[Finding]:
    for use in snapshot.venues:
        if use.outage is not None:
            problem = f"no useful answer since {use.outage.since:%H:%M:%S} UTC: {use.outage.problem}"
            advice = "it is asked again by itself; what needs it waits meanwhile"
            yield Finding(use.title, problem, advice, kind=Kind.VENUE)


def _wrong_with(view: ProcessView) -> str:
    beat, said = view.heartbeat, _last_words(view.record)
    errors, error = (beat.recent_errors, beat.last_error) if beat else (0, "")
    silent = f"runs (process {view.pid}) and has given no sign of life for {view.age_s or 0:.0f} s"
    wrong = {
        ProcessState.STOPPED: "does not run" if view.process in _NEEDED else "",
        ProcessState.STALE: silent,
        ProcessState.FAILING: f"its last step failed: {error}",
        ProcessState.WARNING: f"{errors} errors in the last five minutes, the newest: {error}",
        ProcessState.CRASHED: f"has crashed{said}",
        ProcessState.REFUSED: f"cannot start{said}",
    }
    return wrong.get(view.state, "")


def _last_words(record: ProcessRecord | None) -> str:
    return f": {record.last_output[-1]}" if record and record.last_output else " without a word"


def lacks_word(view: ProcessView) -> bool:
    """Tell whether a live trader is not started again, for nobody typed the word since it was taken over."""
    refused = view.state is ProcessState.REFUSED
    return refused and view.record is not None and any(NO_WORD in line for line in view.record.last_output)


def _advice(view: ProcessView, *, supervised: bool) -> str:
    name = view.process
    if name == SUPERVISOR and view.state is ProcessState.CRASHED:
        return "the workers go on, but nobody starts one again that crashes; `powertrader up` does"
    if lacks_word(view):
        return "real money is traded again when you start it and type the word"
    again = "it is started again by itself" if supervised else "start it with `powertrader up`"
    advice = {
        ProcessState.STOPPED: f"start it with `powertrader {name}`, or all with `powertrader up`",
        ProcessState.STALE: f"`powertrader stop {name}` ends it within 5 s; then start it again",
        ProcessState.FAILING: f"it tries again by itself; logs/{name}.log has the details",
        ProcessState.WARNING: f"it goes on by itself; logs/{name}.log has the details",
        ProcessState.CRASHED: f"{again}; logs/{name}.out and logs/{name}.log tell why",
        ProcessState.REFUSED: "correct what it says; `powertrader config check` looks at all settings",
    }
    return advice.get(view.state, "")


def _about_the_trader(snapshot: Snapshot) -> Iterator[Finding]:
    report = snapshot.trader
    if report is None:
        return
    if report.skipped and snapshot.process("trader").state in _ALIVE:
        advice = "it tries again in every step; logs/trader.log tells since when"
        yield Finding("trader", "does no step", advice, report.skipped, Kind.NO_STEP)
    for reason, coins in coins_by_reason(report.halts).items():
        whole = "" in coins
        subject = "all coins" if whole else named(coins)
        resume = " ".join(["powertrader resume", *([] if whole else coins[:1])])
        advice = f"`{resume}` lets it be bought again"
        yield Finding(subject, "not bought", advice, reason, Kind.NOT_BOUGHT, tuple(coins))
    for reason, coins in coins_by_reason(report.frozen).items():
        explain = f"`powertrader ledger explain {coins[0]}` tells more"
        problem = "nothing is done with it"
        yield Finding(named(coins), problem, explain, reason, Kind.LEFT_ALONE, tuple(coins))


def coins_by_reason(pairs: Iterable[tuple[CoinSymbol, str]]) -> dict[str, list[CoinSymbol]]:
    """Give the coins of each reason: what stops one coin often stops many."""
    found: dict[str, list[CoinSymbol]] = {}
    for coin, reason in pairs:
        found.setdefault(reason, []).append(coin)
    return found


def named(coins: Sequence[CoinSymbol]) -> str:
    """Name some coins and count the rest."""
    rest = len(coins) - _MOST_NAMED
    return ", ".join(coins[:_MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")


def _about_trainings(snapshot: Snapshot) -> Iterator[Finding]:
    trains = snapshot.process("trainer").pid is not None
    broken = [one.coin for one in snapshot.coins if one.training.state == "TRAINING" and not trains]
    if broken:
        yield _training(broken, "the training was broken off", f"`{_train(broken)}` goes on with it")
    yield from _failed_trainings(snapshot)
    if trains:
        # whatever is missing is being learnt
        return
    never = [one.coin for one in snapshot.coins if one.training.trained_at is None and one.coin not in broken]
    if never:
        yield _training(never, "not trained yet", f"`{_train(never)}` trains what is missing")
    old = [one.coin for one in snapshot.coins if _is_old(one) and one.coin not in broken]
    if old:
        problem = f"trained more than {TRAINING_STALE_DAYS} days ago, so there are no signals"
        yield _training(old, problem, f"`{_train(old)}` trains again")


def _failed_trainings(snapshot: Snapshot) -> Iterator[Finding]:
    """Name failed trainings by their reason: what keeps one coin from being trained often keeps many."""
    by_reason: dict[tuple[str, str], list[CoinSymbol]] = {}
    for view in snapshot.coins:
        report = view.training.report
        if report is not None and report.state in {"failed", "retrying"}:
            by_reason.setdefault((report.reason, report.remedy), []).append(view.coin)
        elif report is None and view.training.state == "FAILED":
            by_reason.setdefault(("the reason is in logs/trainer.log", ""), []).append(view.coin)
    for (reason, remedy), coins in by_reason.items():
        advice = remedy or f"`{_train(coins)}` tries again"
        yield _training(coins, f"the last training failed: {reason}", advice)


def _training(coins: Sequence[CoinSymbol], problem: str, advice: str) -> Finding:
    return Finding(named(coins), problem, advice, kind=Kind.TRAINING, coins=tuple(coins))


def _about_listeners(snapshot: Snapshot) -> Iterator[Finding]:
    """Name plugins and others that listen to a worker and do not work; no trade waits for them."""
    for report in snapshot.observers:
        if snapshot.process(report.process).pid is None:
            continue
        for plugin in report.plugins:
            if plugin.state in {PluginState.DISABLED, PluginState.MISSING}:
                problem = f"{plugin.state} in the {report.process}: {plugin.reason}"
                yield _listener(f"plugin {plugin.name}", problem, "`powertrader plugins` shows all of them")
        if report.relay is not None and report.relay.problem:
            subject = f"Redis, asked by the {report.process}"
            yield _listener(subject, report.relay.problem, "it is tried again; trading goes on without it")
        for one in report.failures:
            problem = f"{one.listener} raised {one.errors} times, last {one.last_error}"
            yield _listener(f"events of the {report.process}", problem, f"logs/{report.process}.log has it")
        if report.lost:
            problem = f"{report.lost} were not written to logs/"
            yield _listener(f"events of the {report.process}", problem, "check its space and permissions")


def _listener(subject: str, problem: str, advice: str) -> Finding:
    return Finding(subject, problem, advice, kind=Kind.LISTENER)


def _is_old(view: CoinView) -> bool:
    return (view.training.age_s or 0.0) > TRAINING_STALE_DAYS * _SECONDS_PER_DAY


def _about_the_disk(snapshot: Snapshot) -> Iterator[Finding]:
    if snapshot.free_bytes is not None and snapshot.free_bytes < LEAST_FREE_BYTES:
        free = f"only {snapshot.free_bytes // _MEGABYTE} MB are free"
        yield Finding("disk", free, "make space: without it no new order is sent", kind=Kind.DISK)


def _train(coins: list[CoinSymbol]) -> str:
    return " ".join(["powertrader trainer", *(coins if len(coins) <= _MOST_NAMED else ())])
