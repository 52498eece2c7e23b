"""The pause after failures doubles from the first to the longest, however many failures there were."""

from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.back_off import pause_s

FAILURES = st.integers(1, 50) | st.integers(1, 10**30)
SECONDS = st.floats(0.01, 1e6)


def test_pauses_double_up_to_the_longest() -> None:
    assert [pause_s(failures, 2.0, 30.0) for failures in range(7)] == [0.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]


@given(failures=FAILURES, first_s=SECONDS, longest_s=SECONDS)
def test_a_pause_never_shrinks_and_is_at_most_the_longest(
    failures: int, first_s: float, longest_s: float
) -> None:
    pause, following = (pause_s(count, first_s, longest_s) for count in (failures, failures + 1))
    assert min(first_s, longest_s) <= pause <= following <= longest_s
    assert following in {2 * pause, longest_s}


@given(failures=st.integers(max_value=0), first_s=SECONDS, longest_s=SECONDS)
def test_without_a_failure_there_is_no_pause(failures: int, first_s: float, longest_s: float) -> None:
    assert pause_s(failures, first_s, longest_s) == 0.0
