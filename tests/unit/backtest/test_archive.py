"""Where a result is kept."""

from pathlib import Path

import pytest

from powertrader.backtest.archive import make_folder
from powertrader.core.exceptions import StorageError


def test_results_of_the_same_second_each_get_a_folder_of_their_own(tmp_path: Path) -> None:
    made = [make_folder(tmp_path / "results", "replay") for _ in range(5)]
    assert len(set(made)) == 5
    assert all(folder.is_dir() and folder.name.startswith("replay_") for folder in made)


def test_a_place_that_cannot_hold_results_is_named(tmp_path: Path) -> None:
    in_the_way = tmp_path / "results"
    in_the_way.touch()
    with pytest.raises(StorageError, match="results cannot hold results"):
        make_folder(in_the_way, "replay")
