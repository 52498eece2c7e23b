"""Dates and coins as people type them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import typer


def utc_moment(text: str) -> datetime:
    """Give the aware UTC time of a date or time such as 2022-01-01 or 2022-01-01T06:00.

    A time without a zone is UTC. Raises typer.BadParameter saying what was expected.
    """
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        msg = f"{text!r} is no date; write 2022-01-01 or 2022-01-01T06:00 (UTC)"
        raise typer.BadParameter(msg) from error


def coins_setting(named: Sequence[str] | None, candles: Path | None) -> list[str]:
    """Give the setting that stands for coins on the command line; each may be a list with commas.

    Without names it is none, so that the settings count, but for the synthetic market, which has its
    own coins. Raises typer.BadParameter when the names hold no coin, ConfigError when one is none.
    """
    from powertrader.market.synthetic import SYNTHETIC_COINS  # noqa: PLC0415  --help must not pay for it

    if named is None and candles is None:
        return [f"coins={','.join(SYNTHETIC_COINS)}"]
    return named_coins_setting(named)


def named_coins_setting(named: Sequence[str] | None) -> list[str]:
    """Give the setting that stands for coins on the command line, none without names.

    Raises typer.BadParameter when the names hold no coin, ConfigError when one is none.
    """
    from powertrader.core.symbols import coin_symbol  # noqa: PLC0415  --help must not pay for it

    if named is None:
        return []
    parts = ",".join(named).split(",")
    coins = list(dict.fromkeys(coin_symbol(part) for part in parts if part.strip()))
    if not coins:
        msg = "name at least one coin, such as BTC,ETH"
        raise typer.BadParameter(msg)
    return [f"coins={','.join(coins)}"]


def repair_setting(*, repair: bool) -> list[str]:
    """Give the setting that stands for --repair on the command line."""
    return ["candles.repair=true"] if repair else []
