"""The share of coins that is bought here: the same coins everywhere, and never fewer when it grows."""

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis.strategies import floats, from_regex, tuples

from powertrader.core.config_cutover import CutoverSection
from powertrader.core.config_sources import ConfigSources, SettingsError, load_config
from powertrader.core.cutover import is_ours, left_to_original, place_pct

BTC_PLACE: Final = 38.043427504168754
ETH_PLACE: Final = 71.89486605721436
COINS = from_regex(r"[A-Z0-9]{1,20}", fullmatch=True)


@pytest.mark.parametrize("share_pct", [10.0, 50.0, 90.0])
def test_over_ten_thousand_draws_the_share_is_within_one_percent(share_pct: float) -> None:
    days = [(date(2026, 1, 1) + timedelta(days=number)).isoformat() for number in range(100)]
    drawn = [
        is_ours(f"COIN{number}", CutoverSection(share_pct=share_pct, since=day))
        for number in range(100)
        for day in days
    ]
    assert len(drawn) == 10_000
    assert abs(100 * sum(drawn) / len(drawn) - share_pct) < 1.0


@given(coin=COINS, shares=tuples(floats(0, 100), floats(0, 100)))
def test_a_coin_of_a_small_share_belongs_to_every_larger_one(coin: str, shares: tuple[float, float]) -> None:
    small, large = sorted(shares)
    if is_ours(coin, CutoverSection(share_pct=small, since="2026-11-21")):
        assert is_ours(coin, CutoverSection(share_pct=large, since="2026-11-21"))


@given(coin=COINS)
def test_nothing_is_ours_at_zero_and_everything_at_a_hundred(coin: str) -> None:
    assert not is_ours(coin, CutoverSection(share_pct=0))
    assert is_ours(coin, CutoverSection(share_pct=100))
    assert 0 <= place_pct(coin, "") < 100


def test_another_process_gives_a_coin_the_same_place() -> None:
    program = "from powertrader.core.cutover import place_pct; print(repr(place_pct('BTC', '2026-11-21')))"
    said = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert float(said) == place_pct("BTC", "2026-11-21")


def test_places_do_not_change_with_a_version() -> None:
    # written down once: users would find other coins traded after an update
    assert place_pct("BTC", "2026-11-21") == pytest.approx(BTC_PLACE)
    assert place_pct("ETH", "") == pytest.approx(ETH_PLACE)


def test_the_day_it_began_decides_which_coins_come_first() -> None:
    days = [(date(2026, 1, 1) + timedelta(days=number)).isoformat() for number in range(50)]
    chosen = {is_ours("BTC", CutoverSection(share_pct=50, since=day)) for day in days}
    assert chosen == {True, False}


def test_a_coin_left_to_the_original_is_named_with_its_place_and_the_share() -> None:
    section = CutoverSection(share_pct=0.001, since="2026-11-21")
    reasons = left_to_original(["BTC"], section)
    assert reasons == {
        "BTC": f"left to the original: BTC is at {BTC_PLACE:.1f} %, cutover.share_pct is 0.001"
    }
    assert left_to_original(["BTC"], CutoverSection()) == {}


def test_the_day_is_read_from_yaml_with_and_without_quotes(tmp_path: Path) -> None:
    for text in ("2026-11-21", "'2026-11-21'"):
        file = tmp_path / "trading.yaml"
        file.write_text(f"cutover:\n  since: {text}\n", encoding="utf-8")
        assert load_config(ConfigSources((file,))).config.cutover.since == "2026-11-21"


@pytest.mark.parametrize("wrong", ["21.11.2026", "20261121", "soon"])
def test_a_day_that_is_none_is_refused_by_name(wrong: str) -> None:
    with pytest.raises(SettingsError, match=r"cutover\.since"):
        load_config(ConfigSources(overrides=(f"cutover.since={wrong}",)))
