"""`powertrader thinker`: keep the coins' signals up to date while the market goes on."""

from typing import Annotated

import typer

from powertrader.cli.moments import named_coins_setting
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, NamedCoins, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, trader_settings


def thinker(
    coins: NamedCoins = None,
    *,
    exchange_url: ExchangeUrl = None,
    once: Annotated[bool, typer.Option("--once", help="Make the signals once and end.")] = False,
    steps: Annotated[int | None, typer.Option("--steps", min=1, help="End after so many steps.")] = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Ask the market for candles as they close and for prices, and publish each coin's signal.

    Candles come from exchange.candles_from, prices from exchange.broker; no key is needed. Runs until
    Ctrl-C. A new training and a changed list of coins are noticed. --json prints a summary at the end.
    """
    from powertrader.cli.thinker_view import run_and_show  # noqa: PLC0415  numba is slow to import

    overrides = [*trader_settings(settings, None, exchange_url), *named_coins_setting(coins)]
    most = 1 if once else steps
    return run_and_show(sources_from(home, config, overrides), home, most, as_json=as_json)
