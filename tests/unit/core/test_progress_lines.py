"""Lines that tell how far a program is."""

import pytest

from powertrader.core.progress_lines import Progress, line_of, read_line


@pytest.mark.parametrize("progress", [Progress('Trading "now"', 3, 12.0), Progress("Learning", 0.0, None)])
def test_what_is_told_is_read(progress: Progress) -> None:
    assert read_line(line_of(progress)) == progress


@pytest.mark.parametrize(
    "line",
    [
        "",
        "powertrader: wrong",
        "progress",
        "progress {",
        'progress ["a", "b", 1]',
        "progress 3",
        "progress []",
    ],
)
def test_any_other_line_tells_nothing(line: str) -> None:
    assert read_line(line) is None


def test_a_share_is_never_outside_0_and_100() -> None:
    found = [Progress("a", done, 50.0).percent for done in (-1, 0, 20, 70)]
    assert found == [0.0, 0.0, 40.0, 100.0]
    assert Progress("a", 1, None).percent is None
    assert Progress("a", 1, 0).percent is None
