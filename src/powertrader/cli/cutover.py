"""`powertrader cutover`: which coins are bought here and which are left to the original."""

from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.trader_options import Mode, trader_settings


def cutover(
    *,
    mode: Mode = None,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Show which coins cutover.share_pct gives to PowerTrader, and what the original would trade as well.

    Nothing is changed. Exit code 1 when the trader would refuse to start. docs/SHADOW.md has the runbook.
    """
    from powertrader.cli.cutover_view import run_and_show  # noqa: PLC0415  slow to import

    return run_and_show(
        sources_from(home, config, trader_settings(settings, mode, None)), home, as_json=as_json
    )
