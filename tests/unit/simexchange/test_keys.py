"""Keys of accounts, kept over a restart and readable by nobody else."""

import stat
import sys
from pathlib import Path

import pytest

from powertrader.core.exceptions import BadData, ConfigError
from powertrader.simexchange.keys import KeyRing
from powertrader.simexchange.signing import KeyKind

PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n"
)


def test_keys_are_made_once_and_found_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keys.json"
    ring = KeyRing(path)
    first = ring.first("main")
    assert ring.first("main") == first
    registered = ring.register("main", PEM)
    again = KeyRing(path)
    assert again.find(first.api_key) == first
    assert [key.kind for key in again.of("main")] == [KeyKind.HMAC, KeyKind.ED25519]
    assert again.find(registered.api_key) == registered
    assert again.of("other") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file modes")
def test_nobody_else_may_read_the_keys(tmp_path: Path) -> None:
    path = tmp_path / "state" / "keys.json"
    KeyRing(path).issue("main")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_revoked_key_is_gone_for_good(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    ring = KeyRing(path)
    key = ring.issue("main")
    assert ring.revoke(key.api_key)
    assert not ring.revoke(key.api_key)
    assert KeyRing(path).find(key.api_key) is None


def test_a_wrong_public_key_is_not_kept() -> None:
    ring = KeyRing()
    with pytest.raises(ConfigError):
        ring.register("main", "nonsense")
    assert ring.of("main") == ()


@pytest.mark.parametrize("content", ["no json", '[{"api_key": "x"}]', "5", '[{"kind": "?"}]'])
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadData, match=r"keys\.json is damaged"):
        KeyRing(path)
