"""What `powertrader status` shows, once."""

from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from powertrader.cli import exit_codes
from powertrader.cli.any_home import home_in_any_state
from powertrader.cli.home_advice import with_home
from powertrader.cli.output import emit_json, people
from powertrader.cli.standing import standing_json
from powertrader.cli.standing_view import account_lines, coin_table, finding_lines, process_table
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.findings import Finding, findings_of
from powertrader.core.mailbox import Mailbox
from powertrader.core.snapshot import read_snapshot
from powertrader.core.storage import FileStore
from powertrader.models.snapshot import Snapshot

COINS_SHOWN: Final = 25


def show_status(sources: ConfigSources, home: Path | None, *, every_coin: bool, as_json: bool) -> int:
    """Show how everything stands, and give the exit code."""
    paths, coins, problem = home_in_any_state(sources, home)
    advice = "correct it; what runs goes on with the last good settings"
    broken = (Finding("settings", problem, advice),) if problem else ()
    snapshot = read_snapshot(paths, Mailbox(FileStore(paths.data), paths), coins, SystemClock().now())
    found = (*broken, *findings_of(snapshot))
    findings = tuple([replace(one, advice=with_home(one.advice, home)) for one in found])
    if as_json:
        emit_json({**standing_json(snapshot, findings), "data": str(paths.data)})
    else:
        _show(people(), snapshot, findings, len(snapshot.coins) if every_coin else COINS_SHOWN)
    return exit_codes.DIFFERENT if findings else exit_codes.OK


def _show(console: Console, snapshot: Snapshot, findings: tuple[Finding, ...], most: int) -> None:
    console.print(process_table(snapshot), "")
    for line in account_lines(snapshot):
        console.print(line, soft_wrap=True)
    if snapshot.coins:
        console.print("", coin_table(snapshot, most, console.size.width, whole=True), "", sep="\n")
    if not findings:
        console.print("All is well.", style="green")
        return
    console.print("Needs a look:", style="bold")
    for text in finding_lines(findings):
        console.print(text, soft_wrap=True)
