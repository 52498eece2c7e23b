"""Runs the local exchange for `powertrader exchange serve` and says where it listens."""

import json
import logging
import secrets
import sys
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final

from powertrader.cli.output import people, tell_made_up
from powertrader.cli.session import CommandSession, command_session
from powertrader.core.clock import SystemClock
from powertrader.core.config_layers import yaml_document
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import ConfigError
from powertrader.core.storage_lock import exclusive
from powertrader.simexchange.admin import AdminApp
from powertrader.simexchange.app import ExchangeApp
from powertrader.simexchange.building import ExchangeRequest, build
from powertrader.simexchange.connections import Connections
from powertrader.simexchange.faults import FaultRule, rules_of
from powertrader.simexchange.keys import FIRST_ACCOUNT
from powertrader.simexchange.local_exchange import LocalExchange
from powertrader.simexchange.server import Ports, Served, run

log = logging.getLogger(__name__)

_LOCK: Final = "exchange.lock"
_TOKEN_BYTES: Final = 16
_FASTEST: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The command line of one local exchange."""

    candles: Path | None
    seed: int | None
    speed: float
    start: datetime | None
    port: int
    faults: Path | None
    quote: str
    state: Path | None
    as_json: bool


def serve_exchange(options: ServeOptions, sources: ConfigSources, home: Path | None) -> None:
    """Serve until stopped; everything is kept when this returns.

    Raises ConfigError for wrong options, BadData for candles or a state that cannot be used.
    """
    with command_session("exchange", home, sources) as session:
        request = _request(options, session)
        seed, rules = (0, ()) if options.faults is None else _rules(options.faults)
        with exclusive((options.state or session.paths.local_exchange) / _LOCK):
            exchange = build(request, SystemClock())
            exchange.faults.seed = seed
            exchange.faults.add(rules)
            _serve(exchange, options)


def _serve(exchange: LocalExchange, options: ServeOptions) -> None:
    token = secrets.token_hex(_TOKEN_BYTES)
    connections = Connections()
    venue = ExchangeApp(exchange, connections)
    admin = AdminApp(exchange, venue.streams, token)
    served = Served(venue, admin, connections, exchange.stopping, exchange.keep_time)
    try:
        run(served, options.port, lambda ports: _announce(exchange, options, ports, token))
    finally:
        exchange.close()


def _announce(exchange: LocalExchange, options: ServeOptions, ports: Ports, token: str) -> None:
    """Say where it listens: one line of JSON for programs, sentences for people."""
    key = exchange.keys.first(FIRST_ACCOUNT)
    if options.as_json:
        line = {
            "url": ports.url,
            "api_key": key.api_key,
            "api_secret": key.proof,
            "admin_url": f"{ports.admin_url}/{token}",
            "market_ms": exchange.market_ms(),
        }
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        return
    console = people()
    if options.candles is None:
        tell_made_up(console, options.seed or 0)
    console.print(f"listens on {ports.url} until Ctrl-C; market time {exchange.clock.now():%Y-%m-%d %H:%M}")
    console.print(f"api key    {key.api_key}")
    console.print(f"api secret {key.proof}")
    console.print(f"admin      {ports.admin_url}/{token}")


def _request(options: ServeOptions, session: CommandSession) -> ExchangeRequest:
    config = session.config
    if not 0 < options.speed <= _FASTEST:
        msg = f"--speed was {options.speed}, must be above 0 and at most {_FASTEST}"
        raise ConfigError(msg)
    return ExchangeRequest(
        coins=config.trading.coins,
        quote_asset=config.trading.quote_asset,
        costs=config.costs.model,
        folder=options.candles,
        seed=config.replay.seed if options.seed is None else options.seed,
        speed=options.speed,
        start=options.start,
        start_quote=_amount(options.quote),
        state=options.state or session.paths.local_exchange,
    )


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        msg = f"--quote was {text!r}, must be an amount such as 10000"
        raise ConfigError(msg)
    return amount


def _rules(path: Path) -> tuple[int, tuple[FaultRule, ...]]:
    return rules_of(yaml_document(path), str(path))
