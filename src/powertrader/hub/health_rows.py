"""What the screen Health says of processes, venues, queues and the window itself, line by line."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from powertrader.hub.text import text
from powertrader.hub.time_text import age_text
from powertrader.hub.view import HubView
from powertrader.hub.vitals import WindowVitals
from powertrader.hub.widgets.table_model import Row
from powertrader.hub.worker_words import starts_in_s
from powertrader.models.snapshot import ProcessState, ProcessView, Snapshot
from powertrader.models.venue import VenueUse

BAD: Final = "bad"
WARNING: Final = "warning"
WELL: Final = "well"
_GRAVITY: Final[Mapping[ProcessState, str]] = {
    ProcessState.RUNNING: WELL,
    ProcessState.STARTING: WELL,
    ProcessState.STOPPED: "",
    ProcessState.WARNING: WARNING,
}
_BUSY_PCT: Final = 80.0
"""From this share of a venue's limit on, requests are spread out."""
_SKEWED_S: Final = 1.0
_MEGABYTE: Final = 1024 * 1024
_GIGABYTE: Final = 1024 * _MEGABYTE
_NONE: Final = "-"


def gravity_of(state: ProcessState) -> str:
    """Give how grave a state is: well, warning, bad, or "" for one that is neither."""
    return _GRAVITY.get(state, BAD)


def process_rows(view: HubView, vitals: WindowVitals) -> list[Row]:
    """Give a row for each process, the window's own last."""
    return [*[_process(one, view.snapshot.at) for one in view.snapshot.processes], _window(view, vitals)]


def _process(view: ProcessView, now: datetime) -> Row:
    beat, record = view.heartbeat, view.record
    runs = view.pid is not None
    said = beat.last_error if beat and beat.last_error else ""
    if not said and not runs and record is not None and record.last_output:
        said = record.last_output[-1]
    cells = (
        text(f"health.process.{view.process}"),
        _state_words(view, now),
        str(view.pid) if runs else _NONE,
        age_text(view.age_s) if runs and view.age_s is not None else _NONE,
        f"{beat.steps:,}" if runs and beat else _NONE,
        f"{beat.recent_errors:,}" if runs and beat else _NONE,
        f"{record.restarts:,}" if record else _NONE,
        said or text("health.no_error"),
    )
    return Row(view.process, cells, tag=gravity_of(view.state))


def _state_words(view: ProcessView, now: datetime) -> str:
    """Give the state, and when a crashed process is started again where that is known."""
    words = text(f"health.state.{view.state}")
    left_s = starts_in_s(view.record, now) if view.state is ProcessState.CRASHED else None
    return text("health.again", state=words, n=f"{left_s:.0f}") if left_s else words


def _window(view: HubView, vitals: WindowVitals) -> Row:
    failing = bool(vitals.failures)
    state = ProcessState.FAILING if failing else ProcessState.RUNNING
    error = vitals.failures[0].error if failing else text("health.no_error")
    cells = (
        text("health.process.window"),
        text(f"health.state.{state}"),
        _NONE,
        age_text(0),
        f"{view.version:,}",
        f"{len(vitals.failures):,}",
        _NONE,
        error,
    )
    return Row("window", cells, tag=gravity_of(state))


def venue_rows(snapshot: Snapshot) -> list[Row]:
    """Give a row for each venue that was asked of late."""
    return [_venue(one, snapshot) for one in snapshot.venues]


def _venue(use: VenueUse, snapshot: Snapshot) -> Row:
    share, clock = use.used_pct, use.clock
    weight = text("health.used_alone", used=f"{use.used:,}")
    if use.allowed is not None and share is not None:
        weight = text(
            "health.used", used=f"{use.used:,}", allowed=f"{use.allowed:,}", window=use.window_s, pct=share
        )
    skew, measured = text("health.not_measured"), ""
    if clock is not None:
        direction = "health.ahead" if clock.ahead_s >= 0 else "health.behind"
        skew = text(direction, seconds=abs(clock.ahead_s))
        measured = text("health.ago", age=age_text((snapshot.at - clock.at).total_seconds()))
    pause = text("health.seconds", n=f"{use.paused_s:.0f}") if use.paused_s else _NONE
    busy = share is not None and share >= _BUSY_PCT
    skewed = clock is not None and abs(clock.ahead_s) > _SKEWED_S
    tag = BAD if use.paused_s or use.outage else (WARNING if busy or skewed else WELL)
    cells = (use.venue, weight, f"{use.orders:,}", pause, f"{skew} {measured}".strip())
    order = (use.venue, float(use.used), float(use.orders), use.paused_s, clock.ahead_s if clock else None)
    return Row(use.venue, cells, order, tag)


def window_lines(view: HubView, vitals: WindowVitals) -> Iterator[tuple[str, str]]:
    """Give what was measured of the window itself, name and value."""
    latency = vitals.latency
    yield text("health.reading"), text("health.milliseconds", n=view.reading_s * 1000)
    if latency is None:
        yield text("health.latency"), text("health.not_measured")
    else:
        words = text("health.latency_words", p50=latency.p50_ms, p99=latency.p99_ms, worst=latency.worst_ms)
        yield text("health.latency"), words
    yield text("health.background"), f"{vitals.waiting:,}"
    failing = ", ".join(one.name for one in vitals.failures)
    yield text("health.panels"), failing or text("health.none")
    yield text("health.trades_read"), text("health.yes" if view.trades.complete else "health.reading_on")
    yield text("health.settings_hash"), view.settings.config_hash or _NONE


def queue_lines(view: HubView) -> Iterator[tuple[str, str]]:
    """Give what waits to be done, and the space that is left, name and value."""
    snapshot = view.snapshot
    yield text("health.wishes"), f"{snapshot.wishes:,}"
    if snapshot.trader is not None:
        yield text("health.in_flight"), f"{len(snapshot.trader.open_orders):,}"
    waiting = sum(one.relay.waiting for one in snapshot.observers if one.relay)
    dropped = sum(one.relay.dropped for one in snapshot.observers if one.relay)
    if any(one.relay for one in snapshot.observers):
        yield text("health.redis"), text("health.redis_words", waiting=f"{waiting:,}", dropped=f"{dropped:,}")
    missed = sum(plugin.missed for one in snapshot.observers for plugin in one.plugins)
    yield text("health.missed"), f"{missed:,}"
    yield text("health.lost"), f"{sum(one.lost for one in snapshot.observers):,}"
    yield text("health.disk"), space_text(snapshot.free_bytes)


def space_text(free_bytes: int | None) -> str:
    """Give free space in a unit a person reads."""
    if free_bytes is None:
        return text("health.unknown")
    if free_bytes >= _GIGABYTE:
        return text("health.gigabytes", n=free_bytes / _GIGABYTE)
    return text("health.megabytes", n=free_bytes / _MEGABYTE)
