"""Dates as people type them."""

from datetime import UTC, datetime
from typing import Annotated, TypeAlias

import typer


def utc_moment(text: str) -> datetime:
    """Give the aware UTC time of a date or time such as 2022-01-01 or 2022-01-01T06:00.

    A time without a zone is UTC. Raises typer.BadParameter saying what was expected.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"{text!r} is no date; write 2022-01-01 or 2022-01-01T06:00 (UTC)"
        raise typer.BadParameter(msg) from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


Moment: TypeAlias = Annotated[datetime, typer.Option(parser=utc_moment, metavar="DATE")]


def coin_list(text: str) -> tuple[str, ...]:
    """Give the coins of a comma-separated list, upper case, each once, in the order given.

    Raises typer.BadParameter when it names none; ConfigError when one is no coin symbol.
    """
    from powertrader.core.symbols import coin_symbol  # noqa: PLC0415  --help must not pay for it

    coins = tuple(dict.fromkeys(coin_symbol(part) for part in text.split(",") if part.strip()))
    if not coins:
        msg = "name at least one coin, such as BTC,ETH"
        raise typer.BadParameter(msg)
    return coins
