"""`powertrader hub`: the window."""

from typing import Annotated

import typer

from powertrader.cli.options import ConfigFiles, Home, Overrides, sources_from
from powertrader.cli.trader_options import ExchangeUrl, trader_settings


def hub(
    *,
    screen: Annotated[
        str | None, typer.Option("--screen", help="Which screen to show first, such as positions.")
    ] = None,
    home: Home = None,
    exchange_url: ExchangeUrl = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
) -> int:
    """Open the window: see what the bot does and why, train, start and stop, and edit every setting.

    Without a screen to open it on, `powertrader up` and `powertrader status` show the same. docs/HUB.md
    says more.
    """
    from powertrader.cli.hub_trouble import told_in_a_window  # noqa: PLC0415  tkinter is slow to import

    with told_in_a_window(home):
        from powertrader.cli.hub_view import HubRequest, run_window  # noqa: PLC0415  as above

        overrides = trader_settings(settings, None, exchange_url)
        request = HubRequest(screen, tuple(config or ()), tuple(overrides))
        return run_window(request, sources_from(home, config, overrides), home)
