"""The options that say which trader is meant."""

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import typer

Mode: TypeAlias = Annotated[
    str | None, typer.Option("--mode", help="paper, demo, testnet or live; else trading.mode.")
]
Account: TypeAlias = Annotated[
    str | None,
    typer.Option("--account", metavar="NAME", help="Which account's ledger; else that of the keys at hand."),
]
ExchangeUrl: TypeAlias = Annotated[
    str | None,
    typer.Option("--exchange-url", metavar="URL", help="A local exchange in place of the real ones."),
]


def trader_settings(
    settings: Sequence[str] | None, mode: str | None, exchange_url: str | None, coins: str | None = None
) -> list[str]:
    """Give the settings of a command line with these options spelled as settings, which count more."""
    named = {"trading.mode": mode, "exchange.url": exchange_url, "trading.coins": coins}
    return [*(settings or ()), *(f"{name}={value}" for name, value in named.items() if value is not None)]
