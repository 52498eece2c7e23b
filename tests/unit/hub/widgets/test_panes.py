"""Sizes of panes: whatever the window does, the least ones hold while there is room for them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.hub.widgets.panes import PaneSize, fitted

PANES = st.lists(
    st.builds(PaneSize, st.integers(0, 400), st.integers(0, 800), st.integers(0, 3)), min_size=2, max_size=4
).filter(lambda panes: any(pane.share for pane in panes))


@pytest.mark.property
@given(panes=PANES, data=st.data(), total=st.integers(1, 3000))
def test_sizes_fill_the_window_and_none_is_below_its_least(
    panes: list[PaneSize], data: st.DataObject, total: int
) -> None:
    sizes = data.draw(st.lists(st.integers(0, 1500), min_size=len(panes), max_size=len(panes)))
    found = fitted(sizes, panes, total)
    assert sum(found) == total
    if sum(pane.least for pane in panes) <= total:
        assert all(size >= pane.least for size, pane in zip(found, panes, strict=True))
    else:
        assert all(0 <= size <= pane.least + len(panes) for size, pane in zip(found, panes, strict=True))


def test_what_the_window_gains_goes_to_those_who_have_a_share_of_it() -> None:
    panes = (PaneSize(100, 300, 0), PaneSize(100, 200, 1))
    assert fitted([300, 200], panes, 700) == [300, 400]
    assert fitted([300, 200], panes, 450) == [300, 150]
    assert fitted([300, 200], panes, 350) == [250, 100], "one at its least gives nothing more"
