"""Wishes for trainings: posted, replaced, fulfilled, and never lost to a later one."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.core.training_wishes import TrainingWishes
from powertrader.models.command import TrainingWish

NOW = datetime(2024, 1, 1, tzinfo=UTC)


@pytest.fixture
def wishes(tmp_path: Path) -> TrainingWishes:
    store, paths = FileStore(tmp_path), HomePaths(tmp_path)
    return TrainingWishes(paths.training_wishes, store, Mailbox(store, paths))


def wish(coin: str, later_s: float = 0.0, *, anew: bool = False) -> TrainingWish:
    return TrainingWish(coin, anew, NOW + timedelta(seconds=later_s))


def test_nobody_wants_anything_in_a_new_home(wishes: TrainingWishes) -> None:
    assert wishes.coins() == ()
    assert wishes.read("BTC") is None
    wishes.withdraw("BTC")


def test_wishes_are_found_by_their_coins_and_other_files_are_none(
    wishes: TrainingWishes, tmp_path: Path
) -> None:
    wishes.post(wish("ETH", anew=True))
    wishes.post(wish("1INCH"))
    (HomePaths(tmp_path).training_wishes / "note.json").write_text("{}")
    assert wishes.coins() == ("1INCH", "ETH")
    assert wishes.read("ETH") == wish("ETH", anew=True)


def test_a_fulfilled_wish_is_gone_and_one_made_meanwhile_stays(wishes: TrainingWishes) -> None:
    wishes.post(wish("BTC"))
    later = wish("BTC", 1.0, anew=True)
    wishes.post(later)
    wishes.fulfil(wish("BTC"))
    assert wishes.read("BTC") == later
    wishes.fulfil(later)
    assert wishes.coins() == ()
