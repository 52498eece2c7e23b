"""What processes tell one another through files: a typed body in an envelope with a schema number."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal

Body = TypeVar("Body")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What lies around every message. made_at is the maker's time, aware."""

    schema: int
    kind: str
    made_at: datetime
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class MessageKind(Generic[Body]):
    """How one kind of message is written and read; schema grows when its body changes."""

    name: str
    schema: int
    adapter: TypeAdapter[Body]
    made_at: Callable[[Body], datetime]


SIGNAL: Final = MessageKind("signal", 1, TypeAdapter(Signal), lambda signal: signal.made_at)
_ENVELOPE: Final = TypeAdapter(Envelope)


class Mailbox:
    """Publishes and reads messages, each in a file of its own."""

    def __init__(self, store: FileStore) -> None:
        """Bind the files."""
        self._store = store

    def publish(self, path: Path, kind: MessageKind[Body], body: Body) -> None:
        """Replace the message in path at once. Raises StorageError when it cannot be written."""
        content = {
            "schema": kind.schema,
            "kind": kind.name,
            "made_at": kind.made_at(body).isoformat(),
            "body": kind.adapter.dump_python(body, mode="json"),
        }
        self._store.write_json(path, content)

    def read(self, path: Path, kind: MessageKind[Body]) -> Body | None:
        """Give the message in path, None when there is none.

        A damaged one is moved aside and raises BadData. One of a newer PowerTrader stays and raises
        ConfigError.
        """
        raw = self._store.read_json(path, None)
        if raw is None:
            return None
        schema = raw.get("schema") if isinstance(raw, dict) else None
        if isinstance(schema, int) and schema > kind.schema:
            msg = f"{path} has schema {schema}, this version reads up to {kind.schema}; update PowerTrader"
            raise ConfigError(msg)
        try:
            envelope = _ENVELOPE.validate_python(raw)
            if envelope.kind == kind.name:
                return kind.adapter.validate_python(envelope.body)
            reason = f"kind is {envelope.kind!r}, must be {kind.name!r}"
        except ValidationError as error:
            reason = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        aside = self._store.quarantine(path)
        msg = f"{path} holds no {kind.name}: {reason}; it was moved to {aside.name}"
        raise BadData(msg)
