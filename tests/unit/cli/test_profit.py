"""`powertrader profit`: the statement of a paper account, agreed with its own balances or told apart."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from powertrader.cli import exit_codes
from powertrader.cli.main import main
from powertrader.core.mailbox import TRADER, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper_file import PaperFile
from powertrader.models.status import PositionStatus
from powertrader.persistence.ledger_file import LedgerFile
from tests.unit.analytics.ledgers import Trader
from tests.unit.snapshots import NOW, report, status_of

pytestmark = pytest.mark.money


@pytest.fixture
def paths(tmp_path: Path) -> HomePaths:
    return HomePaths(tmp_path)


@pytest.fixture
def run(paths: HomePaths, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, Any]]:
    def go(*options: str) -> tuple[int, Any]:
        code = main(["profit", "--home", str(paths.root), *options])
        streams = capsys.readouterr()
        return code, json.loads(streams.out) if "--json" in options else streams.err

    return go


def traded(paths: HomePaths, cash: str = "1019.88") -> None:
    """Bought 2 BTC at 100, sold one at 120 and holds one; balances are those of the paper account's file."""
    trader = Trader("1000")
    trader.buy("BTC", "2", "100", USDT="0.10")
    trader.sell("BTC", "1", "120", USDT="0.02")
    LedgerFile(paths.ledger("paper"), FileStore()).append_all(trader.events)
    totals = {"USDT": Decimal(cash) - 100, "BTC": Decimal(1)}
    PaperFile(paths.paper_account(), FileStore()).save("USDT", totals, ())
    status = replace(status_of(PositionStatus("BTC", 91.0, 90.0, quantity=1.0)), at=NOW)
    Mailbox(FileStore(paths.data), paths).publish(
        paths.trader_report("paper"), TRADER, report(status=status, at=NOW)
    )


def test_the_statement_agrees_with_the_paper_accounts_own_balances(
    paths: HomePaths, run: Callable[..., tuple[int, Any]]
) -> None:
    traded(paths)
    code, told = run("--json")
    assert code == exit_codes.OK
    # 1,000 - 200.10 + 119.98 of cash, and one BTC at 90 that cost 100
    assert {name: Decimal(told[name]) for name in ("realised", "unrealised", "fees", "equity", "net")} == {
        "realised": Decimal(20),
        "unrealised": Decimal(-10),
        "fees": Decimal("0.12"),
        "equity": Decimal("1009.88"),
        "net": Decimal("9.88"),
    }
    assert told["account"]["agrees"]
    assert Decimal(told["account"]["equity"]) == Decimal("1009.88")
    assert told["coins"][0]["coin"] == "BTC"
    # held: 10 coins less the fee of 0.12 on 320; now 90 each
    assert told["compared"]["hold"]["profit"] == pytest.approx(10 * (1 - 0.12 / 320) * 90 - 1000)


def test_people_read_the_statement_and_whether_the_account_agrees(
    paths: HomePaths, run: Callable[..., tuple[int, Any]]
) -> None:
    traded(paths)
    code, told = run()
    assert code == exit_codes.OK
    assert "True profit: +9.88 USDT" in told
    assert "the same to the cent" in told
    assert "Bought once and held" in told


def test_balances_that_say_something_else_are_told_with_the_difference(
    paths: HomePaths, run: Callable[..., tuple[int, Any]]
) -> None:
    traded(paths, cash="1019.83")
    code, told = run()
    assert code == exit_codes.DIFFERENT
    assert "-0.05 apart" in told


def test_a_ledger_without_entries_is_told(run: Callable[..., tuple[int, Any]]) -> None:
    code, told = run("--mode", "live")
    assert code == exit_codes.OK
    assert "live-default is empty" in told


def test_a_coin_that_nobody_priced_is_named(paths: HomePaths, run: Callable[..., tuple[int, Any]]) -> None:
    traded(paths)
    paths.trader_report("paper").unlink()
    code, told = run()
    assert code == exit_codes.OK
    assert "Nobody told a price of BTC" in told
