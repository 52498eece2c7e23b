"""What processes tell one another through files: a typed body in an envelope with a schema number."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import AwareDatetime, TypeAdapter, ValidationError

from powertrader.core.exceptions import BadData, DataCorruptionError
from powertrader.core.file_operations import Stamp, json_of, stamp_of
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.command import Command, CommandAnswer, StopRequest, TrainingWish
from powertrader.models.migration import MigrationRecord
from powertrader.models.observers import ObserverReport
from powertrader.models.process import ProcessRecord
from powertrader.models.signal import Signal
from powertrader.models.status import Heartbeat, ThinkerReport, TraderReport
from powertrader.models.training import TrainingReport
from powertrader.models.types import CoinSymbol
from powertrader.models.venue import ClockMeasure, Outage

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What lies around every message. made_at is the maker's time."""

    schema: int
    kind: str
    made_at: AwareDatetime
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class MessageKind(Generic[Body]):
    """How one kind of message is written and read; schema grows when its body changes.

    oldest: the oldest schema whose bodies are still read; what they lack has a default.
    """

    name: str
    schema: int
    adapter: TypeAdapter[Body]
    made_at: Callable[[Body], datetime]
    oldest: int | None = None


SIGNAL: Final = MessageKind("signal", 1, TypeAdapter(Signal), lambda signal: signal.made_at)
THINKER: Final = MessageKind("thinker", 1, TypeAdapter(ThinkerReport), lambda report: report.at)
TRADER: Final = MessageKind("trader", 1, TypeAdapter(TraderReport), lambda report: report.at)
COMMAND: Final = MessageKind("command", 1, TypeAdapter(Command), lambda command: command.made_at)
ANSWER: Final = MessageKind("command_answer", 1, TypeAdapter(CommandAnswer), lambda answer: answer.at)
STOP: Final = MessageKind("stop", 1, TypeAdapter(StopRequest), lambda request: request.made_at)
TRAINING_WISH: Final = MessageKind("training_wish", 1, TypeAdapter(TrainingWish), lambda wish: wish.made_at)
MIGRATION: Final = MessageKind("migration", 1, TypeAdapter(MigrationRecord), lambda record: record.at)
HEARTBEAT: Final = MessageKind("heartbeat", 2, TypeAdapter(Heartbeat), lambda beat: beat.at, oldest=1)
PROCESS: Final = MessageKind("process", 2, TypeAdapter(ProcessRecord), lambda record: record.at, oldest=1)
OBSERVERS: Final = MessageKind("observers", 1, TypeAdapter(ObserverReport), lambda report: report.at)
TRAINING: Final = MessageKind("training", 1, TypeAdapter(TrainingReport), lambda report: report.at)
VENUE_CLOCK: Final = MessageKind("venue_clock", 1, TypeAdapter(ClockMeasure), lambda measure: measure.at)
VENUE_OUTAGE: Final = MessageKind("venue_outage", 1, TypeAdapter(Outage), lambda outage: outage.at)
_ENVELOPE: Final = TypeAdapter(Envelope)


class Mailbox:
    """Publishes and reads messages, each in a file of its own with one writer.

    A damaged message is moved aside and raises DataCorruptionError. One of a newer PowerTrader stays
    where it is and raises BadData. A signal whose file did not change is not read again, nor one that is
    not there looked for in full: a trader asks for those of all its coins in every step.
    """

    def __init__(self, store: FileStore, home: HomePaths) -> None:
        """Bind the files."""
        self._store = store
        self._home = home
        self._known: dict[CoinSymbol, tuple[Path, Stamp, Signal | None]] = {}

    def publish_signal(self, signal: Signal) -> None:
        """Replace the signal of its coin. Raises StorageError when it cannot be written."""
        self.publish(self._home.coin(signal.coin).signal(), SIGNAL, signal)

    def read_signal(self, coin: CoinSymbol) -> Signal | None:
        """Give the signal of a coin, None when there is none. One that names another coin is damaged."""
        known = self._known.get(coin)
        if known is not None and known[1] == stamp_of(known[0]):
            return known[2]
        self._known.pop(coin, None)
        files = self._home.coin(coin)
        path = files.signal()
        # before reading: what is written meanwhile is read the next time
        stamp = stamp_of(path)
        signal = self._store.read_parsed(path, lambda raw: _signal_of(raw, path, files.coin))
        if (signal is None) == (stamp is None):
            self._known[coin] = path, stamp, signal
        return signal

    def publish(self, path: Path, kind: MessageKind[Body], body: Body) -> None:
        """Replace the message in path at once. Raises StorageError when it cannot be written."""
        content = {
            "schema": kind.schema,
            "kind": kind.name,
            "made_at": kind.made_at(body).isoformat(),
            "body": kind.adapter.dump_python(body, mode="json"),
        }
        # programs read it, and that of a trader with a thousand coins is half a megabyte each second
        self._store.write_json(path, content, indent=None)

    def read(self, path: Path, kind: MessageKind[Body]) -> Body | None:
        """Give the message in path, None when there is no such file."""
        return self._store.read_parsed(path, lambda raw: _body_of(raw, path, kind))


def _signal_of(raw: bytes, path: Path, coin: CoinSymbol) -> Signal:
    signal = _body_of(raw, path, SIGNAL)
    if signal.coin != coin:
        msg = f"{path} holds no signal: it names coin {signal.coin[:40]!r}, must be {coin!r}"
        raise DataCorruptionError(msg)
    return signal


def _body_of(raw: bytes, path: Path, kind: MessageKind[Body]) -> Body:
    content = json_of(raw, path)
    _refuse_newer(content, path, kind.schema)
    try:
        envelope = _ENVELOPE.validate_python(content)
        known = (kind.oldest or kind.schema) <= envelope.schema <= kind.schema
        if envelope.kind == kind.name and known:
            # strict: a level of 3 is neither "3" nor 3.5 nor true
            return kind.adapter.validate_json(json.dumps(envelope.body), strict=True)
        reason = f"it is {envelope.kind[:40]!r} of schema {envelope.schema}, must be of {kind.schema}"
    except ValidationError as error:
        reason = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    except RecursionError:
        reason = "it is nested too deeply"
    msg = f"{path} holds no {kind.name}: {reason}"
    raise DataCorruptionError(msg)


def _refuse_newer(raw: object, path: Path, known: int) -> None:
    schema = raw.get("schema") if isinstance(raw, dict) else None
    if isinstance(schema, int) and schema > known:
        msg = f"{path} has schema {schema}, this version reads up to {known}; update PowerTrader"
        raise BadData(msg)
