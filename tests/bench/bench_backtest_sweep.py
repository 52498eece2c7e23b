"""How long a sweep takes with all around the compiled strategy: settings checked, runs kept and ranked."""

import os
import tempfile
from pathlib import Path
from time import perf_counter

from powertrader.backtest.sweep import SweepParts, run_sweep
from powertrader.backtest.sweep_axes import space_of
from powertrader.backtest.sweep_classic import CLASSIC_USE
from powertrader.backtest.sweep_crew import Threads
from powertrader.backtest.sweep_groups import Groups
from powertrader.backtest.sweep_ranking import Ranking
from powertrader.backtest.sweep_search import search_of
from powertrader.core.storage import FileStore
from tests.bench.registry import Row, bench
from tests.unit.backtest.sweep_scene import base_config, wild_market

HOURS = 37_660
SETTINGS = ("trade_start_level=2..5", "trailing_gap_pct=0.01..2.5/0.01")


@bench(group="backtest")
def a_thousand_settings_kept_and_ranked() -> list[Row]:
    """Try 1,000 settings on 37,660 hours of a coin with signals given, in-sample and out of it."""
    base = base_config()
    market = wild_market(HOURS, 0.3)
    groups = Groups(base, CLASSIC_USE, lambda _: market)
    space = space_of(SETTINGS)
    crew = Threads(base, groups, os.cpu_count() or 1)
    # the first run loads what was compiled
    list(crew.run("{}", [space.point(0)]))
    with tempfile.TemporaryDirectory() as place:
        search = search_of(space, "grid", None, 1)
        parts = SweepParts(search, crew, groups, Ranking("sharpe", market.steps.yearly), Path(place))
        begin = perf_counter()
        assert run_sweep(parts, FileStore(), lambda _: True)
        took_s = perf_counter() - begin
    assert parts.ranking.rows == 1000
    return [Row(what="1,000 settings kept and ranked, 37,660 hours", measured=took_s, unit="s")]
