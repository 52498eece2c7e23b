"""The readers of the files of a home: messages, settings, candles, the ledger, the original's."""

import json
import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import orjson

from powertrader.core.budget_window import BudgetLimits
from powertrader.core.clock import ManualClock
from powertrader.core.command_box import CommandBox
from powertrader.core.config_layers import yaml_document
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.ledger import MemoryLedger
from powertrader.core.mailbox import ANSWER, COMMAND, HEARTBEAT, SIGNAL, TRADER, Mailbox, MessageKind
from powertrader.core.memory_store import pack_memory, unpack_memory
from powertrader.core.original_exports import OriginalExports
from powertrader.core.original_format import MemoryTexts, decode, parse_memory
from powertrader.core.original_signals import SignalTexts, parse_margin, parse_view
from powertrader.core.paths import HomePaths
from powertrader.core.record_codec import decode as decode_record
from powertrader.core.record_codec import encode
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper_file import PaperFile
from powertrader.exchanges.paper_orders import PaperOrder
from powertrader.market.candle_files import read_candles, write_candles
from powertrader.market.candle_name import CandleName
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.models.command import Command, CommandAnswer, Wish
from powertrader.models.journal import EVENTS, JournalEvent, OrderIntended, QuoteBooked
from powertrader.models.order import OrderReport, OrderState, Side
from powertrader.models.signal import Signal
from powertrader.models.status import Heartbeat, TraderReport, TraderStatus
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_lines import Place, decode_events, encode_events
from powertrader.persistence.ledger_segments import apply_entry
from powertrader.persistence.ledger_upgrade import read_old
from powertrader.simexchange.faults import rules_of
from tests.contract.trading_client_contract import intent_of
from tests.integration.test_ledger_command import OTHERS, STORY
from tests.property.hostile_target import Reader, Target, of_file, of_json
from tests.unit.simexchange.cases import made_up

NOW: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
INTENT: Final = intent_of(Side.BUY, "0.01")


def message_targets() -> Iterator[Target]:
    """Give the readers of what our processes tell one another."""
    messages: tuple[tuple[MessageKind[Any], object], ...] = (
        (SIGNAL, Signal("BTC", 7, 0, (1.5, 2.5), (), 1.0, 1.0, NOW)),
        (COMMAND, Command("1-a", Wish.SELL, "BTC", "why", NOW)),
        (ANSWER, CommandAnswer("1-a", done=True, text="sold", at=NOW)),
        (HEARTBEAT, Heartbeat("trader", 7, "paper", NOW, NOW)),
        (
            TRADER,
            TraderReport(
                "paper",
                "default",
                "USDT",
                NOW,
                NOW,
                None,
                "",
                (("BTC", "held"),),
                (),
                (),
                (),
                Decimal(1),
                Decimal(0),
                3,
            ),
        ),
    )
    for kind, body in messages:
        sample = {
            "schema": kind.schema,
            "kind": kind.name,
            "made_at": NOW.isoformat(),
            "body": kind.adapter.dump_python(body, mode="json"),
        }
        yield of_file(
            f"message {kind.name}",
            "message.json",
            partial(_message, kind),
            orjson.dumps(sample),
        )
        if kind is COMMAND:
            yield of_file("command", "box/1.command.json", _commands, orjson.dumps(sample))
        if kind is SIGNAL:
            yield of_file("signal of a coin", "data/signal.json", _signal, orjson.dumps(sample))


def _message(kind: MessageKind[Any], path: Path) -> object:
    return Mailbox(FileStore(), HomePaths(path.parent)).read(path, kind)


def _commands(path: Path) -> object:
    store = FileStore()
    return CommandBox(path.parent, store, Mailbox(store, HomePaths(path.parent.parent))).take()


def _signal(path: Path) -> object:
    home = HomePaths(path.parent.parent)
    path.rename(home.coin("BTC").signal())
    return Mailbox(FileStore(), home).read_signal("BTC")


def settings_targets() -> Iterator[Target]:
    """Give the readers of settings."""
    lines = b"trading:\n  mode: paper\n  coins: [BTC, ETH]\ndca:\n  multiplier: 1.5\nexchange: {url: ''}\n"
    gui = b'{"coins": ["BTC"], "dca_levels": [-2.5, -5], "start_allocation_pct": "0.5%", "pm": null}'
    yield of_file("yaml settings", "a.yaml", lambda path: load_config(ConfigSources((path,))), lines)
    yield of_file(
        "original settings", "g.json", lambda path: load_config(ConfigSources(gui_settings=path)), gui
    )
    yield of_file(
        "environment file",
        ".env",
        lambda path: load_config(ConfigSources(dotenv=path)),
        b"PT__TRADING__MODE=paper\nexport PT__DCA__MULTIPLIER='1.5' # why\n",
    )
    yield Target(
        "settings of the command line",
        lambda raw, _: load_config(ConfigSources(overrides=(raw.decode("utf-8", "replace"),))),
        (b"dca.multiplier=1.5", b"coins=BTC,ETH"),
    )
    rules = b"seed: 7\nrules:\n- on: POST /api/v3/order\n  nth: 2\n  then: {delay_s: 0.5}\n"
    yield of_file("faults", "f.yaml", lambda path: rules_of(yaml_document(path), "f.yaml"), rules)
    wishes = {"seed": 1, "rules": [{"on": "*", "then": "refuse", "times": 3}, {"then": {"status": 429}}]}
    yield of_json("faults of a request", lambda content: rules_of(content, "request"), wishes)


def candle_targets(folder: Path) -> Iterator[Target]:
    """Give the readers of candle files, by format."""
    candles = made_up(1)["BTC"].between(0, 20)
    for suffix in ("csv", "csv.gz", "npz", "parquet"):
        name = f"BTCUSDT-1h.{suffix}"
        write_candles(folder / name, candles)
        sample = (folder / name).read_bytes()
        yield of_file(f"candles {suffix}", name, read_candles, sample)
        yield of_file(
            f"candles {suffix} repaired", name, lambda path: read_candles(path, repair=True), sample
        )
    names = (b"BTCUSDT-1h.csv.gz", b"ETHBTC-4h")
    yield Target("candle name", lambda raw, _: CandleName.parse(raw.decode("utf-8", "replace")), names)


def ledger_targets(folder: Path) -> Iterator[Target]:
    """Give the readers of what the trader has stored."""
    events = [*STORY, *OTHERS[:-1]]
    for kind in EVENTS:
        samples = [encode(event) for event in events if type(event) is kind]
        yield of_json(f"event {kind.__name__}", partial(_applied, kind), *samples)
    yield Target("ledger lines", lambda raw, _: list(decode_events(raw)), (encode_events(events),))
    yield Target("old ledger", lambda raw, _: read_old(raw, "old"), (_old_lines(events),))
    with open_ledger(folder / "paper", FileStore(), 9) as ledger:
        ledger.append_all(STORY)
    parts = sorted(path for path in (folder / "paper").iterdir() if path.is_file())
    for part in parts:

        def replaced(raw: bytes, here: Path, part: Path = part) -> object:
            (here / "paper").mkdir()
            for one in parts:
                (here / "paper" / one.name).write_bytes(raw if one is part else one.read_bytes())
            checked = check_ledger(here / "paper", FileStore())
            with open_ledger(here / "paper", FileStore()) as opened:
                return checked, opened.book(), list(opened.events())

        yield Target(f"ledger with another {part.name}", replaced, (part.read_bytes(),))


def _old_lines(events: Sequence[JournalEvent]) -> bytes:
    """Give a ledger of the first form."""
    lines = []
    for number, event in enumerate(events):
        fields = {"schema": 1, "seq": number, "more": 0, "type": type(event).__name__, "event": encode(event)}
        rest = orjson.dumps(fields)[1:]
        lines.append(b'{"crc":"%08x",' % zlib.crc32(rest) + rest + b"\n")
    return b"".join(lines)


def _applied(kind: type[JournalEvent], found: object) -> object:
    """Read an event and take it into account while every order is open, as if it had been forged."""
    event = decode_record(kind, found)
    book = Book()
    for known in STORY:
        if isinstance(known, OrderIntended | QuoteBooked):
            book.apply(known)
    apply_entry(book, event, Place("ledger", 1, 0))
    return state_of(book)


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


def home_targets(folder: Path) -> tuple[Target, ...]:
    """Give all of them; folder keeps what samples are made of."""
    return (
        *message_targets(),
        *settings_targets(),
        *candle_targets(folder),
        *ledger_targets(folder),
        *state_targets(),
    )
