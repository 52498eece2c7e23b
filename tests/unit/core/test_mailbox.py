"""Messages between processes: whole, typed, dated, or refused."""

import dataclasses
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from powertrader.core.exceptions import BadData, ConfigError, DataCorruptionError
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.signal import Signal

finite = st.floats(allow_nan=False, allow_infinity=False)
zones = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
signals = st.builds(
    Signal,
    coin=st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True),
    long_level=st.integers(0, 7),
    short_level=st.integers(0, 7),
    long_bounds=st.lists(finite).map(tuple),
    short_bounds=st.lists(finite).map(tuple),
    long_profit_margin_pct=finite,
    short_profit_margin_pct=finite,
    made_at=st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=zones),  # noqa: DTZ001  bounds of the naive part
)
SAMPLE = Signal("BTC", 3, 0, (99.5,), (101.5,), 0.25, 0.25, datetime(2024, 1, 15, tzinfo=UTC))
ENVELOPE = {"schema": 1, "kind": "signal", "made_at": "2024-01-15T00:00:00+00:00"}
BODY = {
    "coin": "BTC",
    "long_level": 3,
    "short_level": 0,
    "long_bounds": [99.5],
    "short_bounds": [101.5],
    "long_profit_margin_pct": 0.25,
    "short_profit_margin_pct": 0.25,
    "made_at": "2024-01-15T00:00:00Z",
}


def mailbox_in(folder: Path) -> Mailbox:
    return Mailbox(FileStore(folder), HomePaths(folder))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "signal.json"


@given(signal=signals)
def test_a_signal_arrives_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, signal: Signal) -> None:
    mailbox = mailbox_in(tmp_path_factory.getbasetemp())
    mailbox.publish_signal(signal)
    arrived = mailbox.read_signal(signal.coin)
    assert arrived is not None
    assert arrived.made_at == signal.made_at
    assert repr(dataclasses.replace(arrived, made_at=signal.made_at)) == repr(signal)


def test_a_published_signal_is_one_file_in_its_coins_folder_and_says_what_it_is(path: Path) -> None:
    mailbox_in(path.parents[1]).publish_signal(SAMPLE)
    assert json.loads(path.read_bytes()) == {**ENVELOPE, "body": BODY}
    assert path.read_bytes().count(b"\n") == 0
    mailbox_in(path.parents[1]).publish_signal(dataclasses.replace(SAMPLE, coin="ETH"))
    assert (path.parent / "ETH" / "signal.json").is_file()


def test_a_coin_may_be_asked_for_in_small_letters(path: Path) -> None:
    mailbox = mailbox_in(path.parents[1])
    mailbox.publish_signal(SAMPLE)
    assert mailbox.read_signal("btc") == SAMPLE


def test_an_unchanged_signal_is_not_read_again_and_a_changed_one_is(path: Path) -> None:
    mailbox, publisher = mailbox_in(path.parents[1]), mailbox_in(path.parents[1])
    publisher.publish_signal(SAMPLE)
    first = mailbox.read_signal("BTC")
    assert mailbox.read_signal("BTC") is first
    publisher.publish_signal(dataclasses.replace(SAMPLE, long_level=4))
    changed = mailbox.read_signal("BTC")
    assert changed is not None
    assert changed.long_level == 4
    path.unlink()
    assert mailbox.read_signal("BTC") is None
    publisher.publish_signal(SAMPLE)
    assert mailbox.read_signal("BTC") == SAMPLE


def test_a_signal_that_was_good_and_is_damaged_now_is_moved_aside(path: Path) -> None:
    mailbox = mailbox_in(path.parents[1])
    mailbox.publish_signal(SAMPLE)
    assert mailbox.read_signal("BTC") == SAMPLE
    path.write_text("{}")
    with pytest.raises(DataCorruptionError):
        mailbox.read_signal("BTC")
    assert mailbox.read_signal("BTC") is None


def test_no_message_is_none(tmp_path: Path) -> None:
    assert mailbox_in(tmp_path).read_signal("BTC") is None


def test_a_coin_that_is_none_is_refused_before_a_file_is_touched(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="letters and digits"):
        mailbox_in(tmp_path).read_signal("../BTC")
    assert list(tmp_path.iterdir()) == []


def test_a_newer_message_is_left_alone_with_the_advice_to_update(path: Path) -> None:
    path.write_text('{"schema": 2, "kind": "signal", "anything": []}')
    with pytest.raises(BadData, match=r"schema 2.*update PowerTrader"):
        mailbox_in(path.parents[1]).read_signal("BTC")
    assert path.exists()


@pytest.mark.parametrize(
    "envelope, body, reason",
    [
        ({"kind": "order"}, {}, "it is 'order' of schema 1"),
        ({"schema": 0}, {}, "it is 'signal' of schema 0, must be of 1"),
        ({"schema": "x"}, {}, "schema: "),
        ({"made_at": "never"}, {}, "made_at: "),
        ({"made_at": "2024-01-15T00:00:00"}, {}, "made_at: .*timezone"),
        ({"body": []}, {}, "body: "),
        ({"body": {}}, {}, "long_level: "),
        ({}, {"long_level": 8}, "must be 0 to 7"),
        ({}, {"long_level": True}, "long_level: "),
        ({}, {"long_level": "3"}, "long_level: "),
        ({}, {"short_bounds": ["101.5"]}, "short_bounds.0: "),
        ({}, {"long_profit_margin_pct": None}, "long_profit_margin_pct: "),
        ({}, {"made_at": "2024-01-15T00:00:00"}, "aware"),
        ({}, {"coin": "ETH"}, "it names coin 'ETH', must be 'BTC'"),
    ],
)
def test_a_damaged_message_is_moved_aside_with_the_reason(
    path: Path, envelope: dict[str, object], body: dict[str, object], reason: str
) -> None:
    path.write_text(json.dumps({**ENVELOPE, "body": BODY | body} | envelope))
    with pytest.raises(DataCorruptionError, match=reason):
        mailbox_in(path.parents[1]).read_signal("BTC")
    assert mailbox_in(path.parents[1]).read_signal("BTC") is None
    assert [one.name.startswith("signal.json.corrupt-") for one in path.parent.iterdir()] == [True]


@given(
    raw=st.binary(max_size=80)
    | st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*ENVELOPE, "body"]), inner),
    ).map(lambda value: json.dumps(value).encode())
)
def test_whatever_a_file_holds_its_reader_gets_a_typed_error(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    path = tmp_path_factory.mktemp("home") / "data" / "signal.json"
    path.parent.mkdir()
    path.write_bytes(raw)
    with pytest.raises(BadData, match=r"signal\.json"):
        mailbox_in(path.parents[1]).read_signal("BTC")


@pytest.mark.parametrize("depth", [10, 200, 500, 900, 950, 980, 990, 1000, 5000, 100_000])
def test_a_deeply_nested_message_is_damage(path: Path, depth: int) -> None:
    deep = "[" * depth + "]" * depth
    path.write_text(json.dumps({**ENVELOPE, "body": {"a": "DEEP"}}).replace('"DEEP"', deep))
    with pytest.raises(DataCorruptionError):
        mailbox_in(path.parents[1]).read_signal("BTC")
