"""The readers of the files of a home: messages, settings, candles, the ledger, the original's."""

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson

from powertrader.core.candle_pages import Paging
from powertrader.core.command_box import CommandBox
from powertrader.core.config_layers import yaml_document
from powertrader.core.config_sources import ConfigSources, load_config
from powertrader.core.event_notes import EventNote, line_of, note_of
from powertrader.core.mailbox import (
    ANSWER,
    COMMAND,
    HEARTBEAT,
    OBSERVERS,
    PROCESS,
    SIGNAL,
    STOP,
    TRADER,
    TRAINING,
    TRAINING_WISH,
    Mailbox,
    MessageKind,
)
from powertrader.core.paths import HomePaths
from powertrader.core.preflight import Check, CheckState, Means, Preflight, preflight_json, preflight_of
from powertrader.core.record_codec import decode as decode_record
from powertrader.core.record_codec import encode
from powertrader.core.storage import FileStore
from powertrader.market.candle_files import read_candles, write_candles
from powertrader.market.candle_name import CandleName
from powertrader.market.history import CandleShelf
from powertrader.market.history_book import CandleBook
from powertrader.market.history_file import BookLabel, pack_book
from powertrader.models.book import Book
from powertrader.models.book_state import state_of
from powertrader.models.command import Command, CommandAnswer, StopRequest, TrainingWish, Wish
from powertrader.models.journal import EVENTS, JournalEvent, OrderIntended, QuoteBooked
from powertrader.models.observers import ObserverReport, PluginState, PluginStatus
from powertrader.models.order import Side
from powertrader.models.process import ProcessIdentity, ProcessRecord, WorkerState
from powertrader.models.signal import Signal
from powertrader.models.status import Heartbeat, TraderReport
from powertrader.models.timeframe import Timeframe
from powertrader.models.training import TimeframeReport, TrainingReport
from powertrader.persistence.ledger_check import check_ledger
from powertrader.persistence.ledger_file import open_ledger
from powertrader.persistence.ledger_lines import Place, decode_events, encode_events
from powertrader.persistence.ledger_segments import apply_entry
from powertrader.persistence.ledger_upgrade import read_old
from powertrader.simexchange.faults import rules_of
from tests.contract.trading_client_contract import intent_of
from tests.integration.test_ledger_command import OTHERS, STORY
from tests.property.hostile_state_targets import state_targets
from tests.property.hostile_target import Target, of_file, of_json
from tests.property.hostile_window_targets import window_targets
from tests.unit.core.event_cases import CASES as EVENT_CASES
from tests.unit.core.event_cases import SENDER
from tests.unit.simexchange.cases import made_up

NOW: Final = datetime(2024, 1, 1, 12, tzinfo=UTC)
INTENT: Final = intent_of(Side.BUY, "0.01")
TRAINED: Final = TrainingReport(
    "BTC",
    "failed",
    "kucoin",
    7,
    NOW,
    NOW,
    NOW,
    timeframes=(TimeframeReport(Timeframe.DAY_1, "trained", 60, 59, NOW, NOW, threshold_pct=1.5),),
)

LOOKED_AT: Final = Preflight(
    "live",
    "binance",
    "ab12cd34",
    (Check("sizes", CheckState.FAILED, "too small", "raise it"),),
    Means("USDT", 10.0, 12.5, 0.5, 328.8, 2, 7, 3, 1, (("BTC", 5.0),)),
)


def message_targets() -> Iterator[Target]:
    """Give the readers of what our processes tell one another."""
    messages: tuple[tuple[MessageKind[Any], object], ...] = (
        (SIGNAL, Signal("BTC", 7, 0, (1.5, 2.5), (), 1.0, 1.0, NOW)),
        (COMMAND, Command("1-a", Wish.SELL, "BTC", "why", NOW)),
        (ANSWER, CommandAnswer("1-a", done=True, text="sold", at=NOW)),
        (HEARTBEAT, Heartbeat("trader", 7, "paper", NOW, NOW)),
        (STOP, StopRequest("trader", 7, "why", NOW)),
        (TRAINING_WISH, TrainingWish("BTC", anew=True, made_at=NOW)),
        (TRAINING, TRAINED),
        (OBSERVERS, ObserverReport("trader", NOW, (PluginStatus("diary", "1", PluginState.RUNNING, 3),))),
        (
            PROCESS,
            ProcessRecord(
                "trader",
                WorkerState.CRASHED,
                ProcessIdentity(7, 1.5, 0.5),
                "abc",
                NOW,
                NOW,
                last_output=("boom",),
            ),
        ),
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
    yield Target(
        "event",
        lambda raw, _: note_of(raw),
        tuple([line_of(EventNote(SENDER, 1, event)) for event in EVENT_CASES]),
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
    page = [(float(row.open_time_s), row.open, row.high, row.low, row.close, row.volume) for row in candles]
    opened = range(int(candles.open_time_s[0]), int(candles.open_time_s[-1]) + 7200)
    book = CandleBook.empty(3600, Paging(1500, 1000), opened.start).with_page(opened, page, opened.stop)
    label = BookLabel("kucoin", CandleName("BTC", "USDT", 3600))
    yield of_file("downloaded candles", "BTCUSDT-1h.npz", _downloaded, pack_book(book, label))
    names = (b"BTCUSDT-1h.csv.gz", b"ETHBTC-4h")
    yield Target("candle name", lambda raw, _: CandleName.parse(raw.decode("utf-8", "replace")), names)


def _downloaded(path: Path) -> object:
    book = CandleShelf(FileStore(), path.parent, "USDT", "kucoin").load("BTC", Timeframe.HOUR_1)
    return None if book is None else (book.next_news_s(), book.history(range(2**31), 0))


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


def home_targets(folder: Path) -> tuple[Target, ...]:
    """Give all of them; folder keeps what samples are made of."""
    return (
        *message_targets(),
        *settings_targets(),
        *candle_targets(folder),
        *ledger_targets(folder),
        *state_targets(),
        *window_targets(folder),
        of_json("pre-flight", preflight_of, preflight_json(LOOKED_AT)),
    )
