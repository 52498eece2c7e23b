"""Where keys come from, and that they go nowhere."""

import copy
import logging
import pickle
from collections.abc import Mapping
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring

from powertrader.core.credentials import (
    KEYED,
    BinanceCredentials,
    CredentialSources,
    Secret,
    SystemKeyring,
)
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.models.types import Environment

ENVIRONMENT = {"BINANCE_API_KEY": "env-key", "BINANCE_API_SECRET": "env-secret"}
STORED = {
    ("powertrader-binance-live", "api_key"): "ring-key",
    ("powertrader-binance-live", "api_secret"): "ring-secret",
}
OLDER = {
    ("powertrader-binance", "api_key"): "older-key",
    ("powertrader-binance", "api_secret"): "older-secret",
}
PEM = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIMarkedMarkedMarked\n-----END PRIVATE KEY-----"
NOTHING: Mapping[tuple[str, str], str] = {}


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets."""

    priority = 1.0

    def __init__(self, stored: Mapping[tuple[str, str], str]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring gives its constructors no types
        self.stored = dict(stored)

    def get_password(self, service: str, username: str) -> str | None:
        return self.stored.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.stored[service, username] = password


def sources(
    folder: Path,
    environment: Mapping[str, str],
    stored: Mapping[tuple[str, str], str],
    mode: Environment = "live",
) -> CredentialSources:
    home = HomePaths(folder)
    return CredentialSources(
        environment, MemoryKeyring(stored), home.original_key_file, home.original_secret_file, mode
    )


def write_key_files(folder: Path) -> None:
    (folder / "b_key.txt").write_text("\ufefffile-key\r\n", encoding="utf-8")
    (folder / "b_secret.txt").write_text("file-secret\n")


@pytest.mark.parametrize(
    "environment, stored, first",
    [
        (ENVIRONMENT, STORED | OLDER, "env"),
        ({}, STORED | OLDER, "ring"),
        ({}, OLDER, "older"),
        ({}, NOTHING, "file"),
    ],
)
def test_the_environment_comes_before_the_keyring_before_the_key_files(
    tmp_path: Path, environment: Mapping[str, str], stored: Mapping[tuple[str, str], str], first: str
) -> None:
    write_key_files(tmp_path)
    found = BinanceCredentials.load(sources(tmp_path, environment, stored), Redactor())
    assert found.api_secret is not None
    assert (found.api_key.reveal(), found.api_secret.reveal()) == (f"{first}-key", f"{first}-secret")
    assert (found.private_key, found.passphrase) == (None, None)


def test_the_keyring_has_keys_for_each_environment_and_older_ones_for_those_without(tmp_path: Path) -> None:
    def key_of(stored: Mapping[tuple[str, str], str], mode: Environment) -> str:
        return BinanceCredentials.load(sources(tmp_path, {}, stored, mode), Redactor()).api_key.reveal()

    assert key_of(STORED | OLDER, "live") == "ring-key"
    assert key_of(STORED | OLDER, "testnet") == "older-key"
    with pytest.raises(ConfigError, match="no Binance API keys for testnet"):
        key_of(STORED, "testnet")


def test_plain_key_files_are_warned_about_once_without_showing_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    write_key_files(tmp_path)
    with caplog.at_level(logging.DEBUG):
        for mode in KEYED:
            BinanceCredentials.load(sources(tmp_path, {}, NOTHING, mode), Redactor())
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "file-key" not in caplog.text
    assert "file-secret" not in caplog.text


@pytest.mark.parametrize("text", [PEM, PEM.replace("\n", "\\n")], ids=["lines", "one line"])
def test_a_private_key_in_the_environment_replaces_the_secret(tmp_path: Path, text: str) -> None:
    environment = {"BINANCE_API_KEY": "env-key", "BINANCE_PRIVATE_KEY": text}
    found = BinanceCredentials.load(sources(tmp_path, environment, STORED), Redactor())
    assert (found.api_secret, found.passphrase) == (None, None)
    assert found.private_key is not None
    assert found.private_key.reveal() == PEM


def test_a_private_key_may_lie_in_a_file_and_have_a_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "binance.pem"
    path.write_text(f"{PEM}\n", encoding="utf-8")
    environment = {
        "BINANCE_API_KEY": "env-key",
        "BINANCE_PRIVATE_KEY": str(path),
        "BINANCE_PRIVATE_KEY_PASSPHRASE": "open sesame",
    }
    found = BinanceCredentials.load(sources(tmp_path, environment, NOTHING), Redactor())
    assert found.private_key is not None
    assert found.passphrase is not None
    assert (found.private_key.reveal(), found.passphrase.reveal()) == (PEM, "open sesame")


def test_a_private_key_may_lie_in_the_keyring(tmp_path: Path) -> None:
    stored = {("powertrader-binance-live", "api_key"): "k", ("powertrader-binance-live", "private_key"): PEM}
    redactor = Redactor()
    found = BinanceCredentials.load(sources(tmp_path, {}, stored), redactor)
    assert found.private_key is not None
    assert redactor.redact(f"line {PEM.splitlines()[1]} of {PEM}") == "line *** of ***"


@pytest.mark.parametrize(
    "given", ["nowhere.pem", "MC4CAQAwBQYDK2VwBCIEIMarked", "M" * 5000, "a\0b", "~nobody-here/x"]
)
def test_a_private_key_that_is_none_is_refused_without_showing_it(tmp_path: Path, given: str) -> None:
    environment = {"BINANCE_API_KEY": "env-key", "BINANCE_PRIVATE_KEY": given}
    with pytest.raises(ConfigError, match="neither PEM text nor the path of a PEM file") as refused:
        BinanceCredentials.load(sources(tmp_path, environment, NOTHING), Redactor())
    assert given not in str(refused.value)


def test_a_private_key_alone_is_half_a_pair(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="the environment has only"):
        BinanceCredentials.load(sources(tmp_path, {"BINANCE_PRIVATE_KEY": PEM}, STORED), Redactor())


def test_accounts_are_told_apart_by_a_name_that_does_not_tell_the_key() -> None:
    names = {
        BinanceCredentials(Secret(key), Secret("any")).account for key in ("key-one", "key-two", "key-one")
    }
    assert len(names) == 2
    assert all(len(name) == 8 and name.isalnum() for name in names)


def test_no_keys_anywhere_names_the_three_places(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"BINANCE_API_KEY.*keyring.*b_key\.txt"):
        BinanceCredentials.load(sources(tmp_path, {}, NOTHING), Redactor())


@pytest.mark.parametrize("half", ["BINANCE_API_KEY", "BINANCE_API_SECRET"])
def test_half_a_pair_is_refused_although_the_next_place_has_both(tmp_path: Path, half: str) -> None:
    with pytest.raises(ConfigError, match="the environment has only the API") as refused:
        BinanceCredentials.load(sources(tmp_path, {half: "half-value"}, STORED), Redactor())
    assert "half-value" not in str(refused.value)


@pytest.mark.parametrize(
    "stored, key_file, place",
    [
        ({("powertrader-binance-live", "api_key"): "half-value"}, "", "the keyring has only the API key"),
        ({("powertrader-binance", "api_key"): "half-value"}, "", "older keyring entry has only the API key"),
        (NOTHING, "half-value", "the key files hold only the API key"),
    ],
)
def test_half_a_pair_is_refused_in_every_other_place_too(
    tmp_path: Path, stored: Mapping[tuple[str, str], str], key_file: str, place: str
) -> None:
    (tmp_path / "b_key.txt").write_text(key_file)
    with pytest.raises(ConfigError, match=place) as refused:
        BinanceCredentials.load(sources(tmp_path, {}, stored), Redactor())
    assert "half-value" not in str(refused.value)


@pytest.mark.parametrize(
    "odd", ["Marked\u2026key", "Marked\nkey", "Marked key", "Marked\x00key", "\u0661Marked"]
)
@pytest.mark.parametrize("name", ENVIRONMENT)
def test_a_key_that_no_request_could_carry_is_refused_without_showing_it(
    tmp_path: Path, name: str, odd: str
) -> None:
    redactor = Redactor()
    with pytest.raises(ConfigError, match=r"the environment has .*copy both again") as refused:
        BinanceCredentials.load(sources(tmp_path, {**ENVIRONMENT, name: odd}, NOTHING), redactor)
    assert "Marked" not in str(refused.value)
    assert redactor.redact(f"it was {odd}") == "it was ***"


def test_loaded_keys_are_kept_out_of_logs_from_then_on(tmp_path: Path) -> None:
    redactor = Redactor()
    BinanceCredentials.load(sources(tmp_path, {}, STORED), redactor)
    assert redactor.redact("sent ring-key signed with ring-secret") == "sent *** signed with ***"


def test_a_secret_shows_itself_to_nobody_who_does_not_ask(tmp_path: Path) -> None:
    found = BinanceCredentials.load(sources(tmp_path, ENVIRONMENT, NOTHING), Redactor())
    for text in (
        repr(found),
        str(found),
        f"{found.api_secret}",
        f"{found.api_key:>9}",
        f"{found!s:>9}",
        repr([found.api_key]),
    ):
        assert "env-" not in text
    for write in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError, match="not written anywhere"):
            write(Secret("x"))


def test_the_systems_keyring_is_asked_and_a_missing_one_is_empty(tmp_path: Path) -> None:
    before = keyring.get_keyring()
    try:
        keyring.set_keyring(MemoryKeyring(STORED))
        assert SystemKeyring().get_password("powertrader-binance-live", "api_key") == "ring-key"
        keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # keyring gives its constructors no types
        assert SystemKeyring().get_password("powertrader-binance-live", "api_key") is None
    finally:
        keyring.set_keyring(before)
    assert isinstance(CredentialSources.standard(HomePaths(tmp_path), "live").keyring, SystemKeyring)
