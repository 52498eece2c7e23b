"""A data folder serves one market only."""

from pathlib import Path

import pytest

from powertrader.core.exceptions import ConfigError, DataCorruptionError
from powertrader.core.market_claim import claim_market
from powertrader.core.paths import HomePaths

URL = "http://127.0.0.1:8787"


@pytest.mark.parametrize("first,second", [("", URL), (URL, "")])
def test_the_first_market_keeps_the_folder(tmp_path: Path, first: str, second: str) -> None:
    paths = HomePaths(tmp_path)
    claim_market(paths, first)
    claim_market(paths, first)
    with pytest.raises(ConfigError, match="must not mix"):
        claim_market(paths, second)


def test_another_local_exchange_is_the_same_market(tmp_path: Path) -> None:
    claim_market(HomePaths(tmp_path), URL)
    noted = HomePaths(tmp_path).market_note.read_text()
    claim_market(HomePaths(tmp_path), "http://localhost:9999")
    assert HomePaths(tmp_path).market_note.read_text() == noted


@pytest.mark.parametrize("name", ["memory_1hour.npz", "ETH/memory_1week.npz", "ledger/paper-default"])
def test_a_folder_from_before_there_were_marks_counts_as_real(tmp_path: Path, name: str) -> None:
    paths = HomePaths(tmp_path)
    used = paths.data / name
    used.parent.mkdir(parents=True)
    used.touch()
    with pytest.raises(ConfigError, match="real market"):
        claim_market(paths, URL)
    claim_market(paths, "")


def test_homes_do_not_mind_one_another(tmp_path: Path) -> None:
    claim_market(HomePaths(tmp_path / "a"), URL)
    claim_market(HomePaths(tmp_path / "b"), "")
    assert "local" in HomePaths(tmp_path / "a").market_note.read_text()
    assert "real" in HomePaths(tmp_path / "b").market_note.read_text()


@pytest.mark.parametrize("content", ["{", "[]", '{"market": 5}', "{}"])
def test_a_damaged_note_is_told_at_every_start_and_never_replaced_by_a_guess(
    tmp_path: Path, content: str
) -> None:
    paths = HomePaths(tmp_path)
    claim_market(paths, URL)
    (paths.data / "market.json").write_text(content)
    for _ in range(2):
        with pytest.raises(DataCorruptionError, match="local exchange"):
            claim_market(paths, "")


def test_who_forgot_the_address_of_a_local_exchange_is_reminded_of_it(tmp_path: Path) -> None:
    claim_market(HomePaths(tmp_path), URL)
    with pytest.raises(ConfigError, match="add --exchange-url to go on there"):
        claim_market(HomePaths(tmp_path), "")
