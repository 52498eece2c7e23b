"""`powertrader pause`, `resume`, `sell`, `adopt`: what a user wants of the trader, running or not."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import Account, ExchangeUrl, Mode, trader_settings

OneCoin = Annotated[str, typer.Argument(help="The coin, such as BTC.")]
MaybeCoin = Annotated[str | None, typer.Argument(help="The coin, such as BTC; else all coins.")]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the ledger.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]


def pause(
    coin: MaybeCoin = None,
    *,
    reason: Reason = "asked for by the user",
    mode: Mode = None,
    account: Account = None,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Buy no more of a coin, or of any; sales go on."""
    from powertrader.cli.wish_view import Asked, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url))
    return run_and_show(Asked("pause", coin, reason, account, True), sources, home, as_json=as_json)


def resume(
    coin: MaybeCoin = None,
    *,
    reason: Reason = "asked for by the user",
    mode: Mode = None,
    account: Account = None,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Lift a pause, of a coin or the general one, whoever set it."""
    from powertrader.cli.wish_view import Asked, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url))
    return run_and_show(Asked("resume", coin, reason, account, True), sources, home, as_json=as_json)


def sell(
    coin: OneCoin,
    *,
    yes: Yes = False,
    reason: Reason = "asked for by the user",
    mode: Mode = None,
    account: Account = None,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Sell what the bot holds of a coin, at the market, now; it is not bought again until `resume COIN`."""
    from powertrader.cli.wish_view import Asked, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url))
    return run_and_show(Asked("sell", coin, reason, account, yes), sources, home, as_json=as_json)


def adopt(
    coin: OneCoin,
    *,
    yes: Yes = False,
    reason: Reason = "asked for by the user",
    mode: Mode = None,
    account: Account = None,
    exchange_url: ExchangeUrl = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Make the ledger agree with what the account holds of a coin.

    Coins that the bot did not buy become its own, at the cost their order history shows. Coins that
    are gone are written off. While no trader runs, what that means is shown before the question.
    """
    from powertrader.cli.wish_view import Asked, run_and_show  # noqa: PLC0415  slow to import

    sources = sources_from(home, config, trader_settings(settings, mode, exchange_url))
    return run_and_show(Asked("adopt", coin, reason, account, yes), sources, home, as_json=as_json)
