"""From a wish on the command line to the running trader, or to its ledger when none runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import typer

from powertrader.bootstrap_trader import TraderSetup, account_name, commands_of, open_trader
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people
from powertrader.cli.session import command_session
from powertrader.core.clock import SystemClock
from powertrader.core.command_box import new_command
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import ConfigError
from powertrader.core.market_claim import claim_market
from powertrader.core.storage_lock import is_held
from powertrader.core.symbols import coin_symbol
from powertrader.models.command import Command, CommandAnswer, Wish
from powertrader.persistence.ledger_file import lock_of
from powertrader.trader.outlets import Identity
from powertrader.trader.wishes import fulfil

_ASKS_FIRST: Final = frozenset({Wish.SELL, Wish.ADOPT})


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for on the command line: pause, resume, sell or adopt; sure: no question is wanted."""

    name: str
    coin: str | None
    reason: str
    account: str | None
    sure: bool

    @property
    def wish(self) -> Wish:
        """The name as what it means."""
        return Wish(self.name)


def run_and_show(asked: Asked, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Have a wish carried out, tell what came of it, and give the exit code."""
    with command_session("commands", home, sources) as session:
        setup = TraderSetup(session.config, session.paths, session.redactor, SystemClock())
        trading = session.config.trading
        identity = Identity(trading.mode, asked.account or account_name(setup), trading.quote_asset)
        coin = None if asked.coin is None else coin_symbol(asked.coin)
        command = new_command(asked.wish, coin, asked.reason, setup.wall.now())
        answer = _answered(asked, command, setup, identity)
    if as_json:
        told = {"done": answer.done, "text": answer.text}
        emit_json({**told, "mode": identity.mode, "account": identity.account})
    people().print(answer.text, style=None if answer.done else "yellow", markup=False, soft_wrap=True)
    return exit_codes.OK if answer.done else exit_codes.DIFFERENT


def _answered(asked: Asked, command: Command, setup: TraderSetup, identity: Identity) -> CommandAnswer:
    ledger = setup.paths.ledger(identity.mode, identity.account)
    if not ledger.exists():
        msg = f"there is no ledger {ledger} yet: start `powertrader trader --mode {identity.mode}` once"
        raise ConfigError(msg)
    if is_held(lock_of(ledger)):
        if asked.wish in _ASKS_FIRST and not asked.sure:
            _confirm(f"Let the running trader {asked.wish.value} {command.coin} in its next step")
        box = commands_of(setup.paths, identity)
        return box.ask(command, setup.wall, setup.config.trader.step_s)
    if identity.account != account_name(setup):
        msg = (
            f"no trader of account {identity.account} runs, and the keys at hand are those of "
            f"{account_name(setup)}: nothing was done"
        )
        raise ConfigError(msg)
    # a running trader has its market, whichever exchange this command line names
    claim_market(setup.paths, setup.config.exchange.url)
    return _done_here(asked, command, setup)


def _done_here(asked: Asked, command: Command, setup: TraderSetup) -> CommandAnswer:
    """Do it ourselves, as the trader of this ledger for a moment."""
    with open_trader(setup) as trader:
        if asked.wish is Wish.ADOPT and command.coin is not None:
            preview = trader.session.adoption(command.coin)
            if not preview.events:
                return CommandAnswer(
                    command.number, done=False, text=preview.explanation, at=setup.wall.now()
                )
            people().print(preview.explanation, markup=False, soft_wrap=True)
        if asked.wish in _ASKS_FIRST and not asked.sure:
            verb, identity = asked.wish.value.capitalize(), trader.identity
            _confirm(f"{verb} {command.coin} now, with the {identity.mode} account {identity.account}")
        reply = fulfil(trader.session, command, setup.config.rules)
    return CommandAnswer(command.number, reply.done, reply.text, setup.wall.now())


def _confirm(question: str) -> None:
    """Ask on the terminal; without one, or without a yes, nothing is done."""
    try:
        agreed = typer.confirm(f"{question}?", err=True)
    except typer.Abort as abort:
        if not isinstance(abort.__context__, EOFError):
            raise
        agreed = False
    if not agreed:
        msg = "nothing was done: answer y, or add --yes to be asked nothing"
        raise ConfigError(msg)
