"""Every recorded run of the original thinker gives the recorded files, states, screens and ends."""

from pathlib import Path
from typing import Final

import pytest

from powertrader.parity.case import case_files, load_case
from powertrader.parity.thinker_cases import run_case

RECORDED: Final = Path(__file__).parents[2] / "legacy" / "recorded" / "thinker"
FILES: Final = case_files(RECORDED)

pytestmark = [pytest.mark.golden, pytest.mark.kernel]


def test_every_recorded_thinker_case_is_here() -> None:
    assert len(FILES) == 29


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.split(".")[0])
def test_our_thinker_repeats_the_recorded_run(path: Path) -> None:
    assert run_case(load_case(path)) == ()
