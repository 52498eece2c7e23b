"""Where keys are kept and forgotten, also on systems that do not let us."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.errors import KeyringLocked

from powertrader.core.credentials import BinanceCredentials, Secret, SystemKeyring
from powertrader.core.credentials_store import KeyPlaces, OtherKeysStored
from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.paths import HomePaths
from powertrader.models.types import Environment
from tests.unit.core.test_credentials import MemoryKeyring

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
KEYS = BinanceCredentials(Secret("typed-key"), Secret("typed-secret"))
SIGNED = BinanceCredentials(Secret("typed-key"), None, Secret("typed-pem"), Secret("typed-phrase"))


class Forgetful(MemoryKeyring):
    """A keyring that takes everything and keeps nothing."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Forget it."""


class Locked(MemoryKeyring):
    """A keyring that the user did not open."""

    def delete_password(self, service: str, username: str) -> None:
        msg = "locked"
        raise KeyringLocked(msg)


class Deleting(MemoryKeyring):
    """A keyring that can forget one text."""

    def delete_password(self, service: str, username: str) -> None:
        if self.stored.pop((service, username), None) is None:
            super().delete_password(service, username)


@pytest.fixture(autouse=True)
def before() -> Iterator[None]:
    mine = keyring.get_keyring()
    yield
    keyring.set_keyring(mine)


def places(folder: Path, ring: MemoryKeyring, mode: Environment = "live") -> KeyPlaces:
    keyring.set_keyring(ring)
    return KeyPlaces.standard(HomePaths(folder), SystemKeyring(), mode)


def test_a_private_key_and_its_passphrase_are_kept_and_replaced_by_a_secret(tmp_path: Path) -> None:
    ring = Deleting({})
    kept = places(tmp_path, ring)
    assert "in the keyring now" in kept.keep_in_keyring(SIGNED)
    assert set(ring.stored.values()) == {"typed-key", "typed-pem", "typed-phrase"}
    assert kept.keep_in_keyring(SIGNED) == "the keys are in the keyring already"
    kept.keep_in_keyring(KEYS, replacing=True)
    assert set(ring.stored.values()) == {"typed-key", "typed-secret"}
    assert kept.forget() == ("the keyring",)
    assert ring.stored == {}


def test_each_environment_keeps_a_pair_of_its_own_and_all_are_forgotten_together(tmp_path: Path) -> None:
    ring = Deleting({})
    live, testnet = places(tmp_path, ring), places(tmp_path, ring, "testnet")
    live.keep_in_keyring(KEYS)
    testnet.keep_in_keyring(SIGNED)
    assert {service.rpartition("-")[2] for service, _ in ring.stored} == {"live", "testnet"}
    assert live.keep_in_keyring(KEYS) == "the keys are in the keyring already"
    assert live.forget() == ("the keyring",)
    assert ring.stored == {}


def test_an_older_entry_is_never_changed_and_what_takes_its_place_is_asked_about(tmp_path: Path) -> None:
    older = {("powertrader-binance", "api_key"): "older-key", ("powertrader-binance", "api_secret"): "older"}
    ring = Deleting(older)
    testnet = places(tmp_path, ring, "testnet")
    with pytest.raises(OtherKeysStored, match=r"for testnet under powertrader-binance:"):
        testnet.keep_in_keyring(KEYS)
    assert ring.stored == older
    testnet.keep_in_keyring(KEYS, replacing=True)
    assert older.items() < ring.stored.items()
    # from now on the older one does not count there
    assert "already" in testnet.keep_in_keyring(KEYS)
    assert testnet.forget() == ("the keyring",)
    assert ring.stored == {}


def test_a_keyring_that_keeps_nothing_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="did not keep the keys"):
        places(tmp_path, Forgetful({})).keep_in_keyring(KEYS)


def test_a_locked_keyring_is_told_and_what_is_gone_already_is_no_error(tmp_path: Path) -> None:
    stored = {("powertrader-binance", "api_key"): "kept"}
    with pytest.raises(ConfigError, match="open it first"):
        places(tmp_path, Locked(stored)).forget()
    keyring.set_keyring(Deleting({}))
    SystemKeyring().delete_password("powertrader-binance", "api_key")


def test_key_files_hold_no_private_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="use the keyring"):
        places(tmp_path, MemoryKeyring({})).keep_in_files(SIGNED, NOW)
    assert list(tmp_path.iterdir()) == []


def test_old_key_files_are_put_aside_under_the_time(tmp_path: Path) -> None:
    kept = places(tmp_path, MemoryKeyring({}))
    kept.keep_in_files(KEYS, NOW)
    told = kept.keep_in_files(KEYS, NOW)
    assert "b_key.txt.bak_20260102_030405" in told
    assert (tmp_path / "b_secret.txt.bak_20260102_030405").read_text() == "typed-secret"


def test_files_that_cannot_be_changed_are_told_without_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the home should be")
    with pytest.raises(StorageError, match="cannot be written") as refused:
        places(tmp_path / "home", MemoryKeyring({})).keep_in_files(KEYS, NOW)
    assert "typed" not in str(refused.value)
    kept = places(tmp_path, MemoryKeyring({}))
    kept.keep_in_files(KEYS, NOW)
    (tmp_path / "b_key.txt.bak_20260102_030405" / "full").mkdir(parents=True)
    with pytest.raises(StorageError, match="cannot be put aside"):
        kept.keep_in_files(KEYS, NOW)
    (tmp_path / "b_key.txt").unlink()
    (tmp_path / "b_key.txt").mkdir()
    with pytest.raises(StorageError, match="cannot be deleted"):
        kept.forget()
