"""The made-up scenarios for original scripts: repeatable, and rich enough to find something."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest

from powertrader.core.exceptions import BadData
from powertrader.market.candle_files import write_candles
from powertrader.market.synthetic import synthetic_candles
from powertrader.parity.case import Case
from powertrader.parity.original_check import check_case
from powertrader.parity.original_ours import our_thinker_runs, our_trader_runs
from powertrader.parity.original_run import OriginalRunner
from powertrader.parity.original_scenarios import candle_scenarios, made_scenarios
from powertrader.parity.original_tree import OriginalScripts

STAND_INS: Final = Path(__file__).parent / "stand_in"
START: Final = datetime(2024, 1, 1, tzinfo=UTC)
HOURS_OF_THIRTEEN_WEEKS: Final = 13 * 7 * 24

pytestmark = [pytest.mark.golden]


def cases(count: int, seed: int, *kinds: str) -> list[Case]:
    return list(made_scenarios(count, seed, kinds))


@pytest.mark.parametrize("kind", ["trainer", "thinker", "trader"])
def test_the_stand_ins_are_equal_on_made_up_scenarios_too(kind: str) -> None:
    runner = OriginalRunner(OriginalScripts.found_in(STAND_INS), 60)
    for case in cases(1, 3, kind):
        result = check_case(runner, case, is_safe=False)
        assert result.differences == (), case.id
        assert result.tally.files


def test_the_same_seed_makes_the_same_scenarios_and_another_seed_others() -> None:
    assert cases(1, 7, "thinker", "trader") == cases(1, 7, "thinker", "trader")
    assert cases(1, 7, "trader")[0].inputs != cases(1, 8, "trader")[0].inputs


def test_a_few_seeds_meet_entries_dca_buys_exits_and_refusals() -> None:
    tags, results = Counter[str | None](), Counter[str]()
    for case in cases(4, 1, "trader"):
        runs, _ = our_trader_runs(case)
        history = runs[-1].moments[-1].tree.get("hub_data/trade_history.jsonl", "")
        tags.update(json.loads(line)["tag"] for line in history.splitlines())
        orders = [order for run in runs for moment in run.moments for order in moment.orders]
        results.update(str(order["result"]).partition(":")[0] for order in orders)
    assert min(tags[None], tags["DCA"], tags["TRAIL_SELL"]) > 0, tags
    assert min(results["FILLED"], results["accepted"], results["error"]) > 0, results


def test_a_few_seeds_meet_long_and_short_signals_and_the_gate() -> None:
    seen: set[tuple[str, str]] = set()
    for case in cases(2, 1, "thinker"):
        (run,) = our_thinker_runs(case)
        for moment in run.moments:
            levels = (moment.tree.get(f"{side}_dca_signal.txt", "0") for side in ("long", "short"))
            seen |= {(side, level) for side, level in zip(("long", "short"), levels, strict=True)}
        ready = json.loads(run.moments[-1].tree["hub_data/runner_ready.json"])
        assert ready["stage"] == "training_required"
    assert {level for side, level in seen if side == "long"} - {"0"}
    assert {level for side, level in seen if side == "short"} - {"0"}


def test_a_few_seeds_train_in_every_way() -> None:
    titles = {case.title for case in cases(6, 1, "trainer")}
    assert len(titles) == 5, titles


def test_candles_of_the_user_make_a_scenario_of_each_kind_for_every_coin(tmp_path: Path) -> None:
    for coin in ("ETH", "SOL"):
        candles = synthetic_candles(coin, seed=1, start=START, count=HOURS_OF_THIRTEEN_WEEKS)
        write_candles(tmp_path / f"{coin}USDT-1h.csv.gz", candles)
    (tmp_path / "notes.csv").write_text("not candles")
    kinds = ("trainer", "thinker", "trader")
    found = list(candle_scenarios(tmp_path, kinds))
    assert [case.kind for case in found] == ["trainer", "trainer", "thinker", "trader"]
    assert list(found[2].inputs["snapshots"][0]["klines"]) == ["ETH", "SOL", "NEW"]
    newest = found[0].inputs["klines"]["1hour"][0]
    assert [float(price) for price in newest[1:]] == [
        float(column[-1])
        for eth in (synthetic_candles("ETH", seed=1, start=START, count=HOURS_OF_THIRTEEN_WEEKS),)
        for column in (eth.open, eth.close, eth.high, eth.low)
    ]


def test_too_few_candles_are_refused_with_what_is_needed(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"holds no candle files in USDT, such as BTCUSDT-1h\.csv\.gz"):
        list(candle_scenarios(tmp_path, ("trainer",)))
    write_candles(tmp_path / "BTCUSDT-1h.csv", synthetic_candles("BTC", seed=1, start=START, count=400))
    with pytest.raises(BadData, match=r"BTC has 16 candles of 1day, too few; give 13 weeks"):
        list(candle_scenarios(tmp_path, ("trainer",)))
