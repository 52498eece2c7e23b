"""`powertrader preview`: what a change of settings would have done in the last days, before it is made."""

from typing import Annotated, Final

import typer

from powertrader.cli.backtest import Candles
from powertrader.cli.moments import repair_setting
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, Repair, sources_from

DAYS: Final = 90
LONGEST_DAYS: Final = 3650


def preview(
    *,
    params: Annotated[
        list[str] | None,
        typer.Option("--param", metavar="NAME=VALUE", help="One setting of the change; repeatable."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=LONGEST_DAYS, help="How many days back.")] = DAYS,
    candles: Candles = None,
    repair: Repair = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Say what a change of settings would have done in the last 90 days: as they are, and changed.

    Both trade the same signals of the candles that you trained on, with fees and spread. Nothing is saved.
    What happened once need not happen again.
    """
    from powertrader.cli.preview_view import preview_and_show  # noqa: PLC0415  numba is slow to import

    given = [*(settings or ()), *repair_setting(repair=repair)]
    before = sources_from(home, config, given)
    after = sources_from(home, config, [*given, *(params or ())])
    return preview_and_show((before, after), days, candles, home, as_json=as_json)
