"""Where keys are kept and forgotten: the system's keyring, and the original's key files on request."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from powertrader.core.credentials import (
    KEYED,
    KEYRING_ENTRIES,
    KEYRING_SERVICE,
    BinanceCredentials,
    Keyring,
    Secret,
    in_service,
    keyring_service,
)
from powertrader.core.exceptions import ConfigError, StorageError
from powertrader.core.file_operations import reason_of, replace
from powertrader.core.paths import HomePaths
from powertrader.models.types import Environment

_PRIVATE_MODE: Final = 0o600


class WritableKeyring(Keyring, Protocol):
    """A keyring that can be changed. Both methods raise ConfigError when it cannot."""

    def set_password(self, service: str, username: str, text: str) -> None:
        """Store a text."""
        ...

    def delete_password(self, service: str, username: str) -> None:
        """Forget a text, if it is there."""
        ...


class OtherKeysStored(ConfigError):
    """Other keys are there already, and nobody said that they are to be replaced."""


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """Where keys of a home are kept, those of the keyring for one environment."""

    keyring: WritableKeyring
    key_file: Path
    secret_file: Path
    mode: Environment

    @classmethod
    def standard(cls, home: HomePaths, keyring: WritableKeyring, mode: Environment) -> "KeyPlaces":
        """Give the places of a home."""
        return cls(keyring, home.original_key_file, home.original_secret_file, mode)

    def keep_in_keyring(self, keys: BinanceCredentials, *, replacing: bool = False) -> str:
        """Store keys and say what came of it; those of other environments stay as they are.

        Raises OtherKeysStored when others count there so far and they are not to be replaced, ConfigError
        when the system has no keyring, or it did not keep them.
        """
        wanted, service = _entries(keys), keyring_service(self.mode)
        stored = self._stored(service)
        if stored == wanted:
            return "the keys are in the keyring already"
        if not replacing:
            self._refuse_others(wanted)
        for name, text in wanted.items():
            if text:
                self.keyring.set_password(service, name, text)
            elif stored[name]:
                self.keyring.delete_password(service, name)
        if self._stored(service) != wanted:
            msg = (
                "the keyring did not keep the keys: is it open? "
                "Else set BINANCE_API_KEY and BINANCE_API_SECRET"
            )
            raise ConfigError(msg)
        return f"the keys are in the keyring now, under {service}"

    def keep_in_files(self, keys: BinanceCredentials, now: datetime) -> str:
        """Store key and secret in the original's files, as plain text, and say what came of it.

        What was there before is put beside them as .bak_YYYYMMDD_HHMMSS. Raises ConfigError for a private
        key, which these files cannot hold, and StorageError.
        """
        if keys.api_secret is None:
            msg = "the original's key files hold a key and a secret, no private key: use the keyring"
            raise ConfigError(msg)
        saved = [_put_aside(path, now) for path in (self.key_file, self.secret_file)]
        _write_private(self.key_file, keys.api_key)
        _write_private(self.secret_file, keys.api_secret)
        backups = [one.name for one in saved if one is not None]
        more = f"; the old ones are {' and '.join(backups)}" if backups else ""
        return f"the keys are in {self.key_file.name} and {self.secret_file.name} now, readable as text{more}"

    def forget(self) -> tuple[str, ...]:
        """Delete the keys of keyring and files, of all environments, and name the places that had some.

        Raises ConfigError and StorageError when something cannot be deleted.
        """
        found = []
        for service in (*map(keyring_service, KEYED), KEYRING_SERVICE):
            for name in [name for name, text in self._stored(service).items() if text]:
                self.keyring.delete_password(service, name)
                found.append("the keyring")
        for path in (self.key_file, self.secret_file):
            if path.exists():
                _delete(path)
                found.append(path.name)
        return tuple(dict.fromkeys(found))

    def _refuse_others(self, wanted: Mapping[str, str]) -> None:
        """Return when no other keys count for the environment so far. Raises OtherKeysStored."""
        for service in (keyring_service(self.mode), KEYRING_SERVICE):
            stored = self._stored(service)
            if any(text and text != wanted[name] for name, text in stored.items()):
                msg = (
                    f"the keyring has other keys for {self.mode} under {service}: they were kept; delete "
                    "those entries in your system's password store first, or say that they are to be replaced"
                )
                raise OtherKeysStored(msg)
            if any(stored.values()):
                return

    def _stored(self, service: str) -> dict[str, str]:
        found = in_service(self.keyring, service)
        return {name: text or "" for name, text in zip(KEYRING_ENTRIES, found, strict=True)}


def _entries(keys: BinanceCredentials) -> dict[str, str]:
    secrets = (keys.api_key, keys.api_secret, keys.private_key, keys.passphrase)
    texts = ["" if one is None else one.reveal() for one in secrets]
    return dict(zip(KEYRING_ENTRIES, texts, strict=True))


def _put_aside(path: Path, now: datetime) -> Path | None:
    if not path.exists():
        return None
    backup = path.with_name(f"{path.name}.bak_{now:%Y%m%d_%H%M%S}")
    try:
        replace(path, backup)
    except OSError as error:
        msg = f"{path} cannot be put aside: {reason_of(path, error)}"
        raise StorageError(msg) from error
    return backup


def _write_private(path: Path, secret: Secret) -> None:
    """Write a file that nobody else can read at any moment."""
    written = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written.unlink(missing_ok=True)
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_MODE)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secret.reveal())
        replace(written, path)
    except OSError as error:
        msg = f"{path} cannot be written: {reason_of(path, error)}"
        raise StorageError(msg) from error


def _delete(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        msg = f"{path} cannot be deleted: {reason_of(path, error)}"
        raise StorageError(msg) from error
