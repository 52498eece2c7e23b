"""A snapshot as lines and tables for people; `up` shows it again and again, `status` once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from rich.table import Table
from rich.text import Text

from powertrader.cli.output import plain_table
from powertrader.core.constants import HIGHEST_LEVEL
from powertrader.core.findings import Finding, coins_by_reason, named
from powertrader.core.verdicts import words_for
from powertrader.models.process import WorkerState
from powertrader.models.snapshot import CoinView, ProcessState, ProcessView, Snapshot

STYLES: Final[Mapping[ProcessState, str]] = {
    ProcessState.RUNNING: "green",
    ProcessState.STARTING: "yellow",
    ProcessState.WARNING: "yellow",
    ProcessState.STOPPED: "yellow",
}
BAD: Final = "red"
OURSELVES: Final = "powertrader: "
"""What the last words of our own programs begin with; a table has no room for it."""
TRAINING: Final = "TRAINING"
"""The original's word for a coin that is being trained."""
NOT_LEARNT: Final = frozenset({"failed", "retrying"})
"""States of a training's report that say why it came to nothing."""
_WIDE: Final = 110
"""From so many columns on there is room for what is only nice to see."""
_OLD_REPORT: Final = timedelta(seconds=120)
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86400


def process_table(snapshot: Snapshot) -> Table:
    """Give one line for each process."""
    table = _filled_table(("process", "state"), ("pid", "last step", "steps", "errors"), "")
    for view in snapshot.processes:
        beat = view.heartbeat
        table.add_row(
            view.process,
            Text(view.state, style=STYLES.get(view.state, BAD)),
            "" if view.pid is None else str(view.pid),
            "" if view.age_s is None or view.pid is None else f"{age_text(view.age_s)} ago",
            "" if beat is None else f"{beat.steps:,}",
            "" if beat is None else f"{beat.errors:,}",
            Text(process_note(view) or work_text(view, snapshot)),
        )
    return table


def process_note(view: ProcessView) -> str:
    """Say what else is to be known of a process."""
    beat, record = view.heartbeat, view.record
    if view.pid is not None:
        return beat.last_error if beat is not None and beat.errors else ""
    if record is not None and record.state in {WorkerState.CRASHED, WorkerState.REFUSED}:
        code = "" if record.exit_code is None else f" (exit code {record.exit_code})"
        said = record.last_output[-1].removeprefix(OURSELVES) if record.last_output else "without a word"
        return said + code
    return ""


def work_text(view: ProcessView, snapshot: Snapshot) -> str:
    """Say how far a process that runs has come with the coins, nothing when it has none to go through."""
    if view.pid is None or not snapshot.coins:
        return ""
    if view.process == "trainer":
        trained = sum(one.training.trained_at is not None for one in snapshot.coins)
        at_work = sum(one.training.state == TRAINING for one in snapshot.coins)
        return f"{trained:,} of {len(snapshot.coins):,} trained" + (f", {at_work} now" if at_work else "")
    if view.process == "thinker" and snapshot.thinker is not None:
        return f"{len(snapshot.thinker.ready):,} of {len(snapshot.coins):,} have signals"
    return ""


def account_lines(snapshot: Snapshot) -> Iterator[Text]:
    """Say whose money it is, how much there is, and what keeps it from being traded."""
    report = snapshot.trader
    if report is None:
        yield Text("No trader has run here yet.", style="dim")
        return
    line = Text(report.mode.upper(), style="bold red" if report.mode == "live" else "bold green")
    line.append(f" account {report.account}", style="")
    if report.status is not None:
        status = report.status
        line.append(f"   total {status.total:,.2f} {report.quote_asset}, free {status.buying_power:,.2f}")
    age = snapshot.at - report.at
    if age > _OLD_REPORT:
        line.append(f"   as of {age_text(age.total_seconds())} ago", style="yellow")
    yield line
    traded = "" if report.status is None else f"in trade {report.status.percent_in_trade:.1f} %, "
    yield Text(f"{traded}realised {report.realized_profit:+,.2f}, {report.trades:,} trades")
    if report.skipped:
        yield Text(f"No step: {words_for(report.skipped)}", style=BAD)
    for reason, coins in coins_by_reason(report.halts).items():
        names = "all coins" if "" in coins else named(coins)
        yield Text(f"Not bought: {names} ({words_for(reason)})", style="yellow")
    for reason, coins in coins_by_reason(report.frozen).items():
        yield Text(f"Nothing is done with {named(coins)}: {words_for(reason)}", style="yellow")
    for order in report.open_orders:
        done = f"{order.executed.normalize():f} of {order.quantity.normalize():f}"
        answer = "" if order.order_id else ", no answer yet"
        yield Text(f"Open order: {order.side.lower()} {done} {order.coin} ({order.reason}{answer})")


def coin_table(snapshot: Snapshot, most: int, width: int, *, whole: bool = False) -> Table:
    """Give a line for each of the most interesting coins, held ones first, and one for the rest.

    whole: what is said of the rest may take several lines; otherwise it is cut off.
    """
    trains = snapshot.process("trainer").pid is not None
    bars = width >= _WIDE
    levels = ("LONG", "SHORT") if bars else ("L", "S")
    table = _filled_table(("coin",), ("price", *levels, "value", "gain", "trained"), "why")
    coins = sorted(snapshot.coins, key=_interest)
    shown = coins if len(coins) <= most else coins[: max(0, most - 1)]
    for view in shown:
        table.add_row(*_coin_row(view, bars=bars, trains=trains))
    if len(shown) < len(coins):
        rest = coins[len(shown) :]
        said = Text(standing_text(rest, trains=trains))
        if whole:
            said.no_wrap, said.overflow = False, "fold"
        table.add_row(f"+{len(rest):,}", *[""] * 6, said)
    return table


def standing_text(coins: Sequence[CoinView], *, trains: bool = False) -> str:
    """Count coins by why they are not bought, in words, the most frequent first."""
    counts = Counter(reason_text(view, trains=trains) or "not looked at yet" for view in coins)
    return "; ".join(f"{count:,} {reason}" for reason, count in counts.most_common())


def reason_text(view: CoinView, *, trains: bool = False) -> str:
    """Say why a coin is not bought, or what was done with it.

    trains: a trainer runs, so that nobody has to do anything for a coin that was never trained.
    """
    if view.frozen or view.halted:
        return words_for(view.frozen) if view.frozen else f"not bought: {words_for(view.halted)}"
    if view.waiting and view.verdict in {"", "no_signal"}:
        return (_learning_text(view) if trains else "") or f"no signal: {view.waiting}"
    return words_for(view.verdict)


def finding_lines(findings: Iterable[Finding]) -> Iterator[Text]:
    """Say what needs a look, and what to do."""
    for finding in findings:
        reason = f": {words_for(finding.verdict)}" if finding.verdict else ""
        line = Text(f"{finding.subject}: {finding.problem}{reason}", style="yellow")
        line.append(f"\n  {finding.advice}", style="")
        yield line


def age_text(seconds: float) -> str:
    """Give a length of time in its largest sensible unit, such as 3 h."""
    for unit_s, unit in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= 2 * unit_s:
            return f"{seconds / unit_s:.0f} {unit}"
    return f"{max(0.0, seconds):.0f} s"


def trained_text(view: CoinView, *, short: bool = True) -> str:
    """Say how old a coin's training is, or what is being done about it."""
    training = view.training
    progress = "" if training.progress_pct is None else f" {training.progress_pct:.0f} %"
    if training.report is not None and training.report.state == "retrying":
        return "retrying"
    if training.state == TRAINING:
        return f"now{progress}"
    if training.trained_at is None:
        return "never"
    if training.age_s is not None:
        return age_text(training.age_s)
    return f"{training.trained_at:%m-%d}" if short else f"{training.trained_at:%Y-%m-%d %H:%M}"


def level_bar(level: int) -> str:
    """Draw a level of 0 to 7."""
    return "█" * level + "·" * (HIGHEST_LEVEL - level) + f" {level}"


def _filled_table(left: Sequence[str], right: Sequence[str], last: str) -> Table:
    """Make a table whose last column takes what room is left, cut off rather than wrapped."""
    table = plain_table("", (*left,), (*right,))
    table.title, table.show_edge, table.expand = None, False, True
    for column in table.columns:
        column.no_wrap = True
    table.add_column(last, no_wrap=True, overflow="ellipsis", ratio=1)
    return table


def _interest(view: CoinView) -> tuple[bool, float, int, str]:
    """Sort what is held first, by its value, then what is closest to being bought."""
    value = view.position.value if view.position else 0.0
    level = view.signal.long_level if view.signal and not view.waiting else -1
    return (not value, -value, -level, view.coin)


def _learning_text(view: CoinView) -> str:
    """Say of a coin that was never trained what its trainer does about it, nothing when that has failed."""
    training = view.training
    if training.trained_at is not None or (training.report and training.report.state in NOT_LEARNT):
        return ""
    return "in training" if training.state == TRAINING else "waiting for training"


def _coin_row(view: CoinView, *, bars: bool, trains: bool) -> tuple[str | Text, ...]:
    position, signal = view.position, None if view.waiting else view.signal
    levels = ("", "") if signal is None else (signal.long_level, signal.short_level)
    shown = [level_bar(one) if bars and isinstance(one, int) else str(one) for one in levels]
    held = position is not None and position.quantity > 0
    return (
        view.coin,
        "" if position is None or not position.ask else f"{position.ask:,.6g}",
        *shown,
        f"{position.value:,.2f}" if position is not None and held else "",
        f"{position.gain_at_bid_pct:+.2f} %" if position is not None and held else "",
        trained_text(view),
        Text(_held_text(view) if held else reason_text(view, trains=trains)),
    )


def _held_text(view: CoinView) -> str:
    position = view.position
    if position is None:
        return reason_text(view)
    trail = f", sells below {position.trail_line:,.6g}" if position.trail_active else ""
    return f"stage {position.stage}{trail}: {reason_text(view)}"
