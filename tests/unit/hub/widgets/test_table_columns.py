"""How wide the columns of a table are, and what their headings say."""

from hypothesis import given
from hypothesis.strategies import integers, lists

from powertrader.hub.widgets.table_columns import MOST_WIDTH_PX, scaled_widths, shortened, two_lines

LEAST = [60] * 14


@given(wanted=lists(integers(20, 400), min_size=1, max_size=14), available=integers(0, 8000))
def test_columns_fill_the_window_between_their_bounds(wanted: list[int], available: int) -> None:
    widths = scaled_widths(wanted, available, LEAST)
    assert all(60 <= width <= MOST_WIDTH_PX for width in widths)
    if 60 * len(wanted) <= available <= MOST_WIDTH_PX * len(wanted):
        assert 0 <= available - sum(widths) <= len(wanted)


def test_columns_keep_their_proportions_and_never_cut_what_they_need() -> None:
    assert scaled_widths([70, 140, 210], 840, LEAST) == [140, 280, 420]
    assert scaled_widths([70, 95, 110], 137, LEAST) == [60, 60, 60]
    assert scaled_widths([100, 100, 100], 300, [60, 150, 60]) == [75, 150, 75]


def test_a_heading_stands_in_one_line_in_two_or_ends_with_dots() -> None:
    assert two_lines("DCA 24h", 7, len) == "DCA 24h"
    assert two_lines("Trail Line (start 5/2.5%, gap 0.5%)", 19, len) == "Trail Line (start\n5/2.5%, gap 0.5%)"
    assert two_lines("Trail Line (start", 8, len) == "Trail L…\n(start"
    assert two_lines("Unrealised", 7, len) == "Unreal…"
    assert shortened("Unrealised", 1, len) == "U…"
