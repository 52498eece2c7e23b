"""A paper account in a file: the same after a restart, whole after a kill, never a new one in silence."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import ConfigError, DataCorruptionError, StorageError
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient, default_instruments
from powertrader.exchanges.paper_file import PaperFile
from powertrader.models.costs import CostModel
from powertrader.models.order import OrderState, OrderTerms, OrderType, Side
from tests.contract.test_paper_contract import MovedPrices, ground_of
from tests.contract.trading_client_contract import intent_of
from tests.unit.exchanges import paper_buyer
from tests.unit.exchanges.paper_buyer import client_in

pytestmark = pytest.mark.money

ROUNDS = 6


class FullDisk(FileStore):
    """Writes nothing once it is full."""

    full = False

    def write_text(self, path: Path, content: str, *, durable: bool = False) -> None:
        if self.full:
            msg = f"{path} cannot be written: no space left"
            raise StorageError(msg)
        super().write_text(path, content, durable=durable)


def client_with(path: Path, prices: MovedPrices, store: FileStore, quote: str = "USDT") -> PaperTradingClient:
    terms = PaperTerms(default_instruments(("BTC",), quote), CostModel(), quote)
    clock = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
    return PaperTradingClient(prices, terms, clock, {quote: Decimal(1000)}, PaperFile(path, store))


def test_balances_locks_orders_and_ids_are_the_same_after_a_restart(tmp_path: Path) -> None:
    path, prices, store = tmp_path / "account.json", MovedPrices(), FileStore()
    client = client_with(path, prices, store)
    client.place_order(intent_of(Side.BUY, "2.0"))
    terms = OrderTerms(OrderType.LIMIT, price=Decimal(90))
    client.place_order(replace(intent_of(Side.BUY, "1.0", "pt-waits"), terms=terms))
    again = client_with(path, prices, store)
    assert again.get_account() == client.get_account()
    assert again.get_account().balances[0].locked == 90
    assert again.get_order_history("BTCUSDT") == client.get_order_history("BTCUSDT")
    prices.move(80)
    report = again.get_order("BTCUSDT", "pt-waits")
    assert report is not None
    assert report.state is OrderState.FILLED
    assert again.place_order(intent_of(Side.SELL, "0.5", "pt-later")).order_id == "3"


def test_opening_an_account_writes_nothing(tmp_path: Path) -> None:
    client = client_with(tmp_path / "account.json", MovedPrices(), FileStore())
    assert client.get_account().free("USDT") == 1000
    assert list(tmp_path.iterdir()) == []


def test_an_order_that_cannot_be_saved_did_not_happen(tmp_path: Path) -> None:
    path, store = tmp_path / "account.json", FullDisk()
    client = client_with(path, MovedPrices(), store)
    client.place_order(intent_of(Side.BUY, "2.0"))
    before = client.get_account()
    store.full = True
    with pytest.raises(StorageError):
        client.place_order(intent_of(Side.SELL, "1.0", "pt-2"))
    assert client.get_account() == before
    assert client.get_order("BTCUSDT", "pt-2") is None
    store.full = False
    assert client.place_order(intent_of(Side.SELL, "1.0", "pt-2")).state is OrderState.FILLED


@pytest.mark.parametrize(
    "content",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"schema": 1, "kind": "paper_account"}',
        '{"schema": 1, "kind": "paper_account", "quote_asset": "USDT", "holdings": [], "orders": [7]}',
        '{"schema": 9, "kind": "paper_account", "quote_asset": "USDT", "holdings": [], "orders": []}',
    ],
)
def test_a_file_that_holds_no_account_is_refused_and_stays_where_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "account.json"
    path.write_text(content, encoding="utf-8")
    client = client_with(path, MovedPrices(), FileStore())
    with pytest.raises(DataCorruptionError, match="holds no paper account"):
        client.get_account()
    assert path.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("twice", [True, False])
def test_an_order_that_comes_twice_or_lost_its_other_leg_is_damage(tmp_path: Path, twice: bool) -> None:
    path = tmp_path / "account.json"
    client_with(path, MovedPrices(), FileStore()).place_order(intent_of(Side.BUY, "2.0"))
    content = json.loads(path.read_text(encoding="utf-8"))
    order = content["orders"][0]
    content["orders"] = [order, order] if twice else [{**order, "other_leg": "pt-gone"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataCorruptionError, match="comes twice, or one of a pair is missing"):
        client_with(path, MovedPrices(), FileStore()).get_account()


def test_an_account_in_another_quote_asset_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    client_with(path, MovedPrices(), FileStore()).place_order(intent_of(Side.BUY, "2.0"))
    with pytest.raises(ConfigError, match="is in USDT, the settings say EUR"):
        client_with(path, MovedPrices(), FileStore(), "EUR").get_account()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_an_order_is_whole_or_not_there_wherever_the_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "account.json"
    for round_number in range(ROUNDS):
        buyer = subprocess.Popen(
            (sys.executable, "-m", paper_buyer.__name__, str(path)), stdout=subprocess.PIPE, text=True
        )
        assert buyer.stdout is not None
        told = -1
        for _ in range(3 + 2 * round_number):
            told = int(buyer.stdout.readline())
        buyer.kill()
        buyer.wait()
        told = max([told, *(int(line) for line in buyer.stdout.read().split())])
        buyer.stdout.close()
        client = client_in(path)
        history = client.get_order_history("BTCUSDT")
        assert [report.client_order_id for report in history] == [f"pt-{n}" for n in range(len(history))]
        assert told + 1 <= len(history) <= told + 2
        held = {one.asset: one.free for one in client.get_account().balances}
        quote, coins = Decimal(1_000_000), Decimal(0)
        for report in history:
            sign = 1 if report.side is Side.BUY else -1
            fees = dict(report.fees or ())
            quote -= sign * report.quote_quantity + fees.get("USDT", Decimal(0))
            coins += sign * report.executed_quantity - fees.get("BTC", Decimal(0))
        assert held == {"USDT": quote, "BTC": coins}


def test_without_a_file_nothing_is_kept() -> None:
    client, _ = ground_of(MovedPrices())
    client.place_order(intent_of(Side.BUY, "2.0"))
    other, _ = ground_of(MovedPrices())
    assert other.get_order_history("BTCUSDT") == ()
