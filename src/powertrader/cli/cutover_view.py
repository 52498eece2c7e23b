"""What a person sees of the way over: whose each coin is, now and with a larger share."""

from pathlib import Path
from typing import Final

from powertrader.bootstrap_trader import TraderSetup, account_name
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.cutover import is_ours, place_pct
from powertrader.core.exceptions import ConfigError
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.storage import FileStore
from powertrader.models.types import CoinSymbol
from powertrader.shadow.cutover_guard import CutoverGuard

PROCESS: Final = "cutover"
STEPS_PCT: Final = (10, 50)


def run_and_show(sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Show the coins, and give the exit code."""
    console = people()
    with command_session(PROCESS, home, sources) as session:
        section, coins = session.config.cutover, session.config.trading.coins
        account = _account(session)
        held = _held(session, account)
        guard = CutoverGuard(section, account, lambda: held, SystemClock())
    refusal = guard.refusal(coins)
    names = ("Coin", "Bought by", "Held by us", "Traded by the original")
    title = f"cutover.share_pct {section.share_pct:g}, since {section.since or 'no day'}"
    table = plain_table(title, names, ("Place %", *[f"in {step} %" for step in STEPS_PCT]))
    rows = []
    for coin in coins:
        place, ours = place_pct(coin, section.since), is_ours(coin, section)
        theirs = guard.is_theirs(coin)
        rows.append(
            {"coin": coin, "place_pct": place, "ours": ours, "held": coin in held, "original": theirs}
        )
        table.add_row(
            coin,
            "PowerTrader" if ours else "the original",
            _yes(coin in held),
            _yes(theirs) if section.original_folder else "?",
            f"{place:.1f}",
            *[_yes(place < step) for step in STEPS_PCT],
        )
    console.print(table)
    if not section.original_folder:
        console.print("cutover.original_folder is empty: nobody looks at what the original trades.")
    console.print(
        f"The trader would not start: {refusal}" if refusal else "The trader would start.",
        markup=False,
        soft_wrap=True,
    )
    if as_json:
        emit_json({"share_pct": section.share_pct, "since": section.since, "coins": rows, "refusal": refusal})
    return exit_codes.DIFFERENT if refusal else exit_codes.OK


def _account(session: CommandSession) -> str:
    """Give the name of our account, empty when the keys of the mode are not at hand."""
    try:
        return account_name(TraderSetup(session.config, session.paths, session.redactor, SystemClock()))
    except ConfigError:
        return ""


def _held(session: CommandSession, account: str) -> frozenset[CoinSymbol]:
    """Name what our trader told last that it holds."""
    mailbox = Mailbox(FileStore(session.paths.data), session.paths)
    report = mailbox.read(session.paths.trader_report(session.config.trading.mode, account), TRADER)
    return frozenset() if report is None or report.status is None else report.status.held


def _yes(value: bool) -> str:
    return "yes" if value else "no"
