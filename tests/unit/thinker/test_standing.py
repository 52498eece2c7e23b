"""How the thinker stands, in one line."""

from datetime import UTC, datetime

from powertrader.models.signal import Signal
from powertrader.thinker.session import ThinkerStep
from powertrader.thinker.standing import standing_of

NOW = datetime(2024, 3, 4, tzinfo=UTC)


def signal(coin: str, long: int, short: int) -> Signal:
    return Signal(coin, long, short, (), (), 0.0, 0.0, NOW)


def test_the_strongest_coins_of_each_side_are_named_and_the_rest_is_counted() -> None:
    levels = {"A": (1, 0), "B": (5, 0), "C": (0, 2), "D": (4, 0), "E": (2, 0), "F": (0, 0)}
    step = ThinkerStep({coin: signal(coin, *both) for coin, both in levels.items()}, {"G": "no price"})
    assert standing_of(step) == "signals for 6 of 7 coins; LONG: B 5, D 4, E 2 and 1 more; SHORT: C 2"


def test_without_any_signal_nothing_is_strongest() -> None:
    assert (
        standing_of(ThinkerStep({}, {"A": "no price"})) == "signals for 0 of 1 coins; LONG: none; SHORT: none"
    )
