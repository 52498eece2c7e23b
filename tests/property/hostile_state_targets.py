"""The readers of what workers left in a home for later, and of what the original left."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import orjson

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import ManualClock
from powertrader.core.credentials import BinanceCredentials, CredentialSources
from powertrader.core.ledger import MemoryLedger
from powertrader.core.market_claim import claim_market
from powertrader.core.memory_store import pack_memory, unpack_memory
from powertrader.core.original_books import original_books_of
from powertrader.core.original_exports import OriginalExports
from powertrader.core.original_format import MemoryTexts, decode, parse_memory
from powertrader.core.original_signals import SignalTexts, parse_margin, parse_view
from powertrader.core.paths import HomePaths
from powertrader.core.record_codec import encode
from powertrader.core.redaction import Redactor
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_orders import PaperOrder
from powertrader.models.journal import (
    OriginalLedgerImported,
    OriginalTradesImported,
)
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.models.status import TraderStatus
from powertrader.models.timeframe import Timeframe
from powertrader.models.training import TrainingRun
from powertrader.simexchange.market_record import MarketRecord
from powertrader.thinker.training_files import load_training
from powertrader.trainer.trainer_files import TrainerFiles
from tests.contract.trading_client_contract import intent_of
from tests.integration.test_ledger_command import OTHERS, STORY
from tests.property.hostile_target import Reader, Target, of_file, of_json

NOW: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
INTENT: Final = intent_of(Side.BUY, "0.01")


def state_targets() -> Iterator[Target]:
    """Give the readers of other files of a home, the original's among them."""
    report = OrderReport(
        "1", "pt-1", "BTCUSDT", Side.BUY, OrderState.PENDING, Decimal(1), Decimal(0), Decimal(0), ""
    )
    account = {
        "schema": 1,
        "kind": "paper_account",
        "quote_asset": "USDT",
        "holdings": [{"asset": "USDT", "total": "10000"}],
        "orders": [encode(PaperOrder(INTENT, report, NOW, NOW))],
    }
    yield of_file(
        "paper account", "a.json", lambda path: PaperFile(path, FileStore()).load(), orjson.dumps(account)
    )
    yield of_file("budget", "b.json", _budget, b"[28401120, 57, 0.0, 1704067200.5, 3, 0.0]\n", b"[]")
    memory = parse_memory(_texts(b"0.1 0.2 0.3{}0.5{}-0.5~1.0 -2.0{}1.5{}-1.5"))
    assert memory is not None
    yield Target("memory", lambda raw, _: unpack_memory(raw, "memory.npz"), (pack_memory(memory),))
    patterns = b"0.1 0.2 0.3{}0.5{}-0.5~1.0 -2.0{}1.5{}-1.5"
    yield Target("original memory", lambda raw, _: parse_memory(_texts(raw)), (patterns,))
    yield Target("original signal", _original_signal, (b"7", b"0.25", b"['1.5', 0.01, 99999999999999999]"))
    for name in ("pnl_ledger", "trade_history", "original_exports", "account_value_history"):
        yield Target(f"exports beside another {name}", _exports_beside(name), _left_behind(name))
    yield of_json("exports of another state", _exports_after, json.loads(_left_behind("pnl_ledger")[0]))

    yield of_file("market of a folder", "data/market.json", _claimed, b'{"market": "real"}')
    yield of_file(
        "market of an exchange",
        "market.json",
        _resumed,
        b'{"market": "m", "time": "2024-01-01T00:00:00+00:00"}',
    )
    run = {"schema": 1, "run": encode(TrainingRun("BTC", NOW, False, Timeframe.DAY_1, "ab"))}
    yield of_file("training run", "data/training_run.json", _training_run, orjson.dumps(run))
    yield of_file(
        "checkpoint", "data/trainer_checkpoint.json", _checkpoint, b'{"coin": "BTC", "tf_index": 3}'
    )
    yield of_file("time of a training", "data/time.txt", _training, b"1704067200.5")
    yield of_file("key file", "b_key.txt", _keys, b"file-key\r\n")
    yield Target("imported books", _imported, _left_behind("pnl_ledger") + _left_behind("trade_history"))


def _claimed(path: Path) -> object:
    claim_market(HomePaths(path.parent.parent), "")
    return path.read_bytes()


def _resumed(path: Path) -> object:
    return MarketRecord(path.parent, "m").resume(NOW)


def _checkpoint(path: Path) -> object:
    files = HomePaths(path.parent.parent).coin("BTC")
    path.replace(files.trainer_checkpoint())
    return TrainerFiles(FileStore(), files, "BTC").checkpoint_index()


def _training_run(path: Path) -> object:
    return TrainerFiles(FileStore(), HomePaths(path.parent.parent).coin("BTC"), "BTC").training_run()


def _training(path: Path) -> object:
    files = HomePaths(path.parent.parent).coin("BTC")
    path.replace(files.trainer_last_training_time())
    return load_training(FileStore(), files)


class _NoKeyring:
    def get_password(self, service: str, username: str) -> str | None:
        return None


def _keys(path: Path) -> object:
    (path.parent / "b_secret.txt").write_text("file-secret")
    sources = CredentialSources({}, _NoKeyring(), path, path.parent / "b_secret.txt", "live")
    return BinanceCredentials.load(sources, Redactor())


def _imported(raw: bytes, _folder: Path) -> object:
    text = raw.decode("utf-8", "replace")
    books = original_books_of((OriginalLedgerImported(text, NOW), OriginalTradesImported(text, NOW), *STORY))
    return books.ledger_text()


def _exports_beside(name: str) -> Reader:
    """Give what begins exports where somebody changed one of their files."""

    def begun(raw: bytes, folder: Path) -> object:
        path: Path = getattr(HomePaths(folder), name)
        path.parent.mkdir(parents=True)
        path.write_bytes(raw)
        return _exported(folder)

    return begun


def _exports_after(ledger: object) -> object:
    """Begin exports behind a state in which the original's ledger holds this."""
    with TemporaryDirectory() as folder:
        paths = HomePaths(Path(folder))
        _exported(Path(folder))
        content = json.loads(paths.original_exports.read_bytes())
        content["events"] = 2
        content["books"]["ledger_text"] = json.dumps(ledger)
        paths.original_exports.write_text(json.dumps(content), encoding="utf-8")
        return _exported(Path(folder))


def _exported(folder: Path) -> OriginalExports:
    ledger = MemoryLedger()
    ledger.append_all(STORY)
    exports = OriginalExports(HomePaths(folder), FileStore(), "paper-default")
    exports.start(ledger)
    exports.publish(TraderStatus(NOW, 1.5, 1.0, 0.5, 0.5, 50.0, 5.0, 2.5, 0.5, ()))
    return exports


def _left_behind(name: str) -> tuple[bytes, ...]:
    """Give one of the files as exports leave it, and as they leave it in the middle of a ledger."""
    with TemporaryDirectory() as folder:
        exports = _exported(Path(folder))
        paths = HomePaths(Path(folder))
        last: Path = getattr(paths, name)
        found = [last.read_bytes()]
        exports.apply(OTHERS[0])
        exports.publish(None)
        return (*found, last.read_bytes())


def _texts(raw: bytes) -> MemoryTexts:
    text = decode(raw)
    return MemoryTexts(text, text, text, text, text)


def _original_signal(raw: bytes, _folder: Path) -> object:
    text = decode(raw)
    return parse_view(SignalTexts(text, text, text, text, text, text)), parse_margin(text)


def _budget(path: Path) -> object:
    budget = SharedBudget(path, ManualClock(NOW), BudgetLimits(6000, 60))
    budget.acquire(5)
    budget.report(90)
    return budget.used()
