"""The diagnosis: how everything stands, as plain text that a user can send to somebody who helps."""

import platform
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from typing import Final

from powertrader.core.findings import Finding, Kind
from powertrader.core.verdicts import words_for
from powertrader.hub.health_rows import BAD, gravity_of, process_rows, queue_lines, venue_rows, window_lines
from powertrader.hub.positions_view import is_held
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.vitals import WindowVitals
from powertrader.hub.widgets.table_model import Row

_CALM: Final = frozenset({Kind.TRAINING, Kind.NOT_BOUGHT})


def diagnosis_of(view: HubView, vitals: WindowVitals) -> str:
    """Give all lines; secrets that a worker's words may hold are the caller's to take out."""
    return "\n".join(_lines(view, vitals)) + "\n"


def problem_lines(view: HubView) -> Iterator[str]:
    """Give what needs a look, a line each: findings, what could not be read, what is wrong with settings."""
    for finding in view.findings:
        yield f"{finding.subject}: {problem_words(finding)} - {finding.advice}"
    yield from view.problems
    yield from view.settings.problems


def is_grave(view: HubView) -> bool:
    """Tell whether more is wrong than that something is not started, not trained, or paused."""
    return bool(view.problems or view.settings.problems) or any(
        _is_grave(finding, view) for finding in view.findings
    )


def _is_grave(finding: Finding, view: HubView) -> bool:
    if finding.kind is not Kind.PROCESS:
        return finding.kind not in _CALM
    # what is held is sold by nobody while the trader does not run
    holds = any(is_held(coin) for coin in view.snapshot.coins)
    return holds or gravity_of(view.snapshot.process(finding.subject).state) == BAD


def problem_words(finding: Finding) -> str:
    """Give what is wrong, with its reason."""
    reason = f": {words_for(finding.verdict)}" if finding.verdict else ""
    return f"{finding.problem}{reason}"


def _lines(view: HubView, vitals: WindowVitals) -> Iterator[str]:
    config = view.settings.config
    system = f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    yield f"PowerTrader {version('powertrader')}, {system}"
    yield f"{view.at:%Y-%m-%d %H:%M:%S} UTC, mode {config.trading.mode}, {len(view.snapshot.coins)} coins"
    yield ""
    yield text("health.findings")
    yield from (f"  {line}" for line in problem_lines(view))
    yield ""
    yield text("health.processes")
    yield from _table(process_rows(view, vitals))
    yield ""
    yield text("health.venues")
    yield from _table(venue_rows(view.snapshot))
    yield ""
    for name, value in (*window_lines(view, vitals), *queue_lines(view)):
        yield f"  {name}: {value}"


def _table(rows: Iterable[Row]) -> Iterator[str]:
    for row in rows:
        yield "  " + " | ".join(row.cells)
