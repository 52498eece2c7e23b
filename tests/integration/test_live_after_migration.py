"""Real trading in a home that was filled from an original folder, against a local exchange."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.mailbox import MIGRATION, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.migration import MigrationRecord
from powertrader.models.signal import Signal
from tests.exchange_server import ExchangeServer, exchange_server
from tests.original_install import PROFIT, TRADES, write, write_install

pytestmark = pytest.mark.money
NOTICE = "You came over from"


def trade(home: HomePaths, venue: ExchangeServer, mode: str) -> int:
    signal = Signal(
        "BTC", 4, 0, (), (), 1.0, 1.0, datetime.fromtimestamp(venue.admin.market_ms() / 1000, UTC)
    )
    Mailbox(FileStore(home.data), home).publish_signal(signal)
    more = ("--mode", mode, "--confirm-live", "LIVE", "--steps", "2", "--set", "trader.step_s=0.02")
    url = ("--exchange-url", venue.url, "--set", "start_allocation_pct=1", "--set", "trade_start_level=3")
    return main(["trader", "--home", str(home.root), "--coins", "BTC,ETH", *url, *more])


def record_of(home: HomePaths) -> MigrationRecord:
    record = Mailbox(FileStore(), home).read(home.migration_record, MIGRATION)
    assert record is not None
    return record


def test_a_newcomer_is_told_once_and_the_books_of_the_original_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = HomePaths(tmp_path / "home")
    with exchange_server(tmp_path / "venue") as venue:
        folder = write_install(tmp_path / "original")
        write(folder / "b_key.txt", venue.api_key)
        assert main(["migrate", str(folder), "--home", str(home.root)]) == exit_codes.OK
        # only a home of a real market can be filled; here the local exchange stands in for that market
        home.market_note.write_text(json.dumps({"market": "local exchange"}))
        monkeypatch.setenv("BINANCE_API_KEY", venue.api_key)
        monkeypatch.setenv("BINANCE_API_SECRET", venue.api_secret)
        venue.admin.deposit("ETH", "0.5")
        local = ("--home", str(home.root), "--exchange-url", venue.url)
        assert main(["adopt", "ETH", "--mode", "live", "--yes", *local]) == exit_codes.OK
        assert "takes charge of 0.5 ETH" in capsys.readouterr().err

        assert trade(home, venue, "paper") == exit_codes.OK
        assert NOTICE not in capsys.readouterr().err
        assert record_of(home).acknowledged_at is None

        assert trade(home, venue, "live") == exit_codes.OK
        assert f"{NOTICE} {folder}" in capsys.readouterr().err
        assert record_of(home).acknowledged_at is not None

        assert trade(home, venue, "live") == exit_codes.OK
        assert NOTICE not in capsys.readouterr().err
        bought = {str(order["orderId"]) for order in venue.admin.orders()}

    assert json.loads(home.pnl_ledger.read_text())["total_realized_profit_usd"] == PROFIT
    lines = [json.loads(line) for line in home.trade_history.read_text().splitlines()]
    imported = [
        json.loads(line) for line in (folder / "hub_data" / "trade_history.jsonl").read_text().splitlines()
    ]
    assert lines[:TRADES] == imported
    assert {line["order_id"] for line in lines[TRADES:]} >= bought != set()
