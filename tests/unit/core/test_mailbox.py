"""Messages between processes: whole, typed, dated, or refused."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData, ConfigError
from powertrader.core.mailbox import SIGNAL, Mailbox
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal

finite = st.floats(allow_nan=False, allow_infinity=False)
signals = st.builds(
    Signal,
    coin=st.just("BTC"),
    long_level=st.integers(0, 7),
    short_level=st.integers(0, 7),
    long_bounds=st.lists(finite).map(tuple),
    short_bounds=st.lists(finite).map(tuple),
    long_profit_margin_pct=finite,
    short_profit_margin_pct=finite,
    made_at=st.datetimes(timezones=st.just(UTC)),
)
SAMPLE = Signal("BTC", 3, 0, (99.5,), (101.5,), 0.25, 0.25, datetime(2024, 1, 15, tzinfo=UTC))


@given(signal=signals)
def test_a_signal_arrives_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, signal: Signal) -> None:
    path, mailbox = tmp_path_factory.getbasetemp() / "signal.json", Mailbox(FileStore())
    mailbox.publish(path, SIGNAL, signal)
    arrived = mailbox.read(path, SIGNAL)
    assert arrived == signal
    assert repr(arrived.view) == repr(signal.view)


def test_the_envelope_says_what_it_holds_and_when_it_was_made(tmp_path: Path) -> None:
    Mailbox(FileStore()).publish(tmp_path / "s", SIGNAL, SAMPLE)
    written = json.loads((tmp_path / "s").read_bytes())
    assert list(written) == ["schema", "kind", "made_at", "body"]
    assert (written["schema"], written["kind"]) == (1, "signal")
    assert written["made_at"] == "2024-01-15T00:00:00+00:00"


def test_no_message_is_none(tmp_path: Path) -> None:
    assert Mailbox(FileStore()).read(tmp_path / "s", SIGNAL) is None


def test_a_newer_message_is_left_alone_with_the_advice_to_update(tmp_path: Path) -> None:
    path = tmp_path / "s"
    path.write_text('{"schema": 2, "kind": "signal", "anything": []}')
    with pytest.raises(ConfigError, match=r"schema 2.*update PowerTrader"):
        Mailbox(FileStore()).read(path, SIGNAL)
    assert path.exists()


@pytest.mark.parametrize(
    "change, reason",
    [
        ({"kind": "order"}, "kind is 'order'"),
        ({"body": {}}, "long_level"),
        ({"body": []}, "body"),
        ({"made_at": "never"}, "made_at"),
        ({"schema": "x"}, "schema"),
    ],
)
def test_a_damaged_message_is_moved_aside_with_the_reason(
    tmp_path: Path, change: dict[str, object], reason: str
) -> None:
    path, mailbox = tmp_path / "s", Mailbox(FileStore())
    mailbox.publish(path, SIGNAL, SAMPLE)
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    with pytest.raises(BadData, match=reason):
        mailbox.read(path, SIGNAL)
    assert mailbox.read(path, SIGNAL) is None
    assert [one.name.startswith("s.corrupt-") for one in tmp_path.iterdir()] == [True]


def test_a_level_out_of_range_is_refused_as_damage(tmp_path: Path) -> None:
    path, mailbox = tmp_path / "s", Mailbox(FileStore())
    mailbox.publish(path, SIGNAL, SAMPLE)
    path.write_text(path.read_text().replace('"long_level": 3', '"long_level": 8'))
    with pytest.raises(BadData, match="must be 0 to 7"):
        mailbox.read(path, SIGNAL)


@given(
    raw=st.binary(max_size=80)
    | st.recursive(st.integers() | st.text(), st.lists).map(lambda value: json.dumps(value).encode())
)
def test_no_content_of_a_mailbox_crashes_the_reader(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("box") / "s"
    path.write_bytes(raw)
    try:
        assert Mailbox(FileStore()).read(path, SIGNAL) is None
    except BadData as error:
        assert str(path) in str(error)  # noqa: PT017  the word null is no damage
