"""Request weight, refusals and bans."""

import pytest

from powertrader.simexchange.limits import LimitTerms, WeightMeter

MINUTE = 60_000


def test_weight_counts_up_within_a_minute_and_begins_anew_in_the_next() -> None:
    meter = WeightMeter(LimitTerms(weight=100))
    assert meter.take(40, 5).used == 40
    assert meter.take(60, MINUTE - 1).used == 100
    assert meter.take(1, MINUTE).used == 1


def test_above_the_limit_the_answer_names_the_seconds_to_the_next_minute() -> None:
    meter = WeightMeter(LimitTerms(weight=10))
    meter.take(10, 0)
    refused = meter.take(1, MINUTE - 2_500)
    assert (refused.status, refused.retry_after_s, refused.used) == (429, 3, 10)


def test_who_goes_on_is_banned_until_the_ban_is_over() -> None:
    meter = WeightMeter(LimitTerms(weight=1, ban_s=120))
    meter.take(1, 0)
    statuses = [meter.take(1, number).status for number in range(1, 12)]
    assert statuses == [429] * 10 + [418]
    banned = meter.take(1, MINUTE + 11)
    assert (banned.status, banned.until_ms, banned.retry_after_s) == (418, 120_011, 60)
    assert meter.take(1, 120_011).status == 200


def test_a_venue_that_bans_nobody_only_refuses() -> None:
    meter = WeightMeter(LimitTerms(weight=1, window_ms=1_000, ban_s=0))
    statuses = {meter.take(1, number).status for number in range(500)}
    assert statuses == {200, 429}


def test_forgiving_lifts_a_ban() -> None:
    meter = WeightMeter(LimitTerms(weight=1))
    for number in range(20):
        meter.take(1, number)
    meter.forgive()
    assert meter.take(1, 30).status == 200


@pytest.mark.parametrize("wrong", [{"weight": 0}, {"window_ms": 0}, {"ban_s": -1}])
def test_impossible_limits_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be at least"):
        LimitTerms(**wrong)
