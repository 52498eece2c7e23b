"""What an import makes of the original's trades, and what its report says in less usual cases."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.migration.item import Fate
from powertrader.migration.ledger import books_import
from powertrader.migration.report import report_lines
from powertrader.migration.run import Migration, Wanted, migrate
from powertrader.models.book import book_of
from powertrader.models.journal import QuoteBooked
from powertrader.models.money import decimal_of
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_segments import LedgerReader
from tests.original_install import book_files, learnt_files, write, write_install

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_install(tmp_path / "original", trained_at=NOW.timestamp() - 3600)


def run(folder: Path, at: datetime = NOW, *, dry_run: bool = False) -> tuple[Migration, str]:
    wanted = Wanted(folder, dry_run)
    done = migrate(wanted, HomePaths(folder.parent / "home"), at)
    return done, "\n".join(report_lines(done, wanted, at))


def add_trade(folder: Path, at: datetime, side: str, tag: str | None) -> None:
    line = {"ts": at.timestamp(), "side": side, "tag": tag, "symbol": "BTCUSDT", "qty": 0.1}
    with (folder / "hub_data" / "trade_history.jsonl").open("a") as history:
        history.write(f"{json.dumps(line)}\n")


def test_dca_buys_of_the_last_day_count_against_the_limit_here(folder: Path) -> None:
    times = [NOW - timedelta(hours=hours) for hours in (30, 20, 2)]
    add_trade(folder, times[0] - timedelta(hours=1), "sell", "TRAIL_SELL")
    for at in times:
        add_trade(folder, at, "buy", "DCA")
    add_trade(folder, NOW - timedelta(hours=1), "buy", None)
    done, _ = run(folder)
    assert done.books is not None
    book = book_of(LedgerReader(done.books.folder, FileStore()).events())
    assert book.position("BTC").dca_times == tuple(times[1:])
    assert not book.position("BTC").quantity
    again, _ = run(folder)
    assert again.books is not None
    assert (again.changed, again.books.fate) == (False, Fate.SAME)


def test_a_ledger_that_has_traded_keeps_its_own_books(folder: Path) -> None:
    done, _ = run(folder)
    assert done.books is not None
    with open_ledger(done.books.folder, FileStore()) as ledger:
        ledger.append(QuoteBooked("USDT", decimal_of(1000.0), NOW))
    add_trade(folder, NOW, "buy", None)
    again, said = run(folder)
    assert again.books is not None
    assert again.books.fate is Fate.KEPT
    assert "kept as it is here" in said


def test_a_folder_without_books_has_none_to_store(tmp_path: Path) -> None:
    root = tmp_path / "original"
    for name, text in learnt_files(NOW.timestamp()).items():
        write(root / name, text)
    done, said = run(root)
    assert books_import(done.found.books, tmp_path / "ledger") is None
    assert "Keys: none found" in said


def test_books_without_keys_say_why_they_are_in_no_ledger(tmp_path: Path) -> None:
    root = tmp_path / "original"
    for name, text in book_files().items():
        write(root / name, text)
    _, said = run(root)
    assert "No trained coin was found" in said
    assert "no ledger for them, as it is named after the API key" in said


@pytest.mark.parametrize(
    "age, words",
    [
        (timedelta(days=3), "3 days ago"),
        (timedelta(days=20), "too old to signal: train it here"),
        (timedelta(hours=1), "UTC"),
    ],
)
def test_the_age_of_a_training_is_told(folder: Path, age: timedelta, words: str) -> None:
    _, said = run(folder, NOW - timedelta(hours=1) + age, dry_run=True)
    assert any(line.startswith("BTC") and line.endswith(words) for line in said.splitlines())


def test_a_coin_without_a_time_of_training_is_told_as_not_trained(folder: Path) -> None:
    (folder / "trainer_last_training_time.txt").unlink()
    _, said = run(folder, dry_run=True)
    assert any(line.startswith("BTC") and line.endswith("not told") for line in said.splitlines())
    assert "BTC: trainer_last_training_time.txt is missing" in said


def test_a_folder_that_leads_out_of_itself_is_refused(folder: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(link)
    with pytest.raises(ConfigError, match="link"):
        run(link)
