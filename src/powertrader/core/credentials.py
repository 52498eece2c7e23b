"""API keys: from the environment, else the system's keyring, else the original's key files."""

import hashlib
import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, NoReturn, Protocol, Self, TypeAlias

from powertrader.core.exceptions import ConfigError, PowerTraderError
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import MASK, Redactor
from powertrader.core.storage import FileStore
from powertrader.models.types import Environment

log = logging.getLogger(__name__)

KEY_VARIABLE: Final = "BINANCE_API_KEY"
SECRET_VARIABLE: Final = "BINANCE_API_SECRET"  # noqa: S105  the name of a variable, not a secret
PRIVATE_KEY_VARIABLE: Final = "BINANCE_PRIVATE_KEY"
PASSPHRASE_VARIABLE: Final = "BINANCE_PRIVATE_KEY_PASSPHRASE"  # noqa: S105  as above
KEYRING_SERVICE: Final = "powertrader-binance"
"""Where older versions kept one pair for all environments; it counts for one that has none of its own."""
KEYED: Final[tuple[Environment, ...]] = ("live", "testnet", "demo")
"""The environments that have keys."""
KEYRING_KEY: Final = "api_key"
KEYRING_SECRET: Final = "api_secret"  # noqa: S105  the name of an entry, not a secret
KEYRING_PRIVATE_KEY: Final = "private_key"
KEYRING_PASSPHRASE: Final = "private_key_passphrase"  # noqa: S105  as above
KEYRING_ENTRIES: Final = (KEYRING_KEY, KEYRING_SECRET, KEYRING_PRIVATE_KEY, KEYRING_PASSPHRASE)

BLANKS: Final = " \t\r\n\ufeff"
"""What editors leave around a key, the mark before the first letter included."""
Found: TypeAlias = tuple[str | None, ...]
"""Key, secret, private key and its passphrase as a source has them; the last two may be left out."""
_KEYS: Final = 3
"""Of what a source has, the passphrase alone is no key."""
_PEM: Final = "-----BEGIN"
_FINGERPRINT_DIGITS: Final = 8


class Keyring(Protocol):
    """Where a system keeps passwords."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give the stored text, None when there is none."""
        ...


class SystemKeyring:
    """The keyring of the operating system; empty on a system without one."""

    def get_password(self, service: str, username: str) -> str | None:
        """Give the stored text, None when there is none or the keyring cannot be opened."""
        import keyring  # noqa: PLC0415  slow to load, and not needed where the environment has the keys
        import keyring.errors  # noqa: PLC0415  as above

        try:
            return keyring.get_password(service, username)
        except keyring.errors.KeyringError as error:
            log.debug("no keyring to ask: %s", type(error).__name__)
            return None

    def set_password(self, service: str, username: str, text: str) -> None:
        """Store a text. Raises ConfigError, which does not show it, when the system has no open keyring."""
        import keyring  # noqa: PLC0415  as above
        import keyring.errors  # noqa: PLC0415  as above

        try:
            keyring.set_password(service, username, text)
        except keyring.errors.KeyringError as error:
            msg = (
                f"this system has no keyring that can be written ({type(error).__name__}): "
                f"set {KEY_VARIABLE} and {SECRET_VARIABLE} in the environment instead"
            )
            # without the cause, whose text comes from the system and may repeat what was to be stored
            raise ConfigError(msg) from None

    def delete_password(self, service: str, username: str) -> None:
        """Forget a text; one that is not there is forgotten already. Raises ConfigError as set_password."""
        import keyring  # noqa: PLC0415  as above
        import keyring.errors  # noqa: PLC0415  as above

        try:
            keyring.delete_password(service, username)
        except keyring.errors.PasswordDeleteError:
            return
        except keyring.errors.KeyringError as error:
            msg = f"the system's keyring cannot be changed ({type(error).__name__}): open it first"
            raise ConfigError(msg) from None


class Secret:
    """A text that prints as stars, refuses to be pickled and is only given on request."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Wrap the text."""
        self._text = text

    def reveal(self) -> str:
        """Give the text itself; for signing and for nothing else."""
        return self._text

    def __repr__(self) -> str:
        return MASK

    def __format__(self, form: str) -> str:
        return format(MASK, form)

    def __reduce__(self) -> NoReturn:
        msg = "a secret is not written anywhere"
        raise TypeError(msg)


@dataclass(frozen=True, slots=True)
class CredentialSources:
    """Where the keys of a trading mode are looked for, in the order of the fields."""

    environment: Mapping[str, str]
    keyring: Keyring
    key_file: Path
    secret_file: Path
    mode: Environment

    @classmethod
    def standard(cls, home: HomePaths, mode: Environment) -> "CredentialSources":
        """Give the process's environment, the system's keyring and the key files of a home."""
        return cls(os.environ, SystemKeyring(), home.original_key_file, home.original_secret_file, mode)


@dataclass(frozen=True, slots=True)
class BinanceCredentials:
    """What signs requests to Binance: a secret (HMAC), or a private key (Ed25519 or RSA, as PEM text)."""

    api_key: Secret
    api_secret: Secret | None
    private_key: Secret | None = None
    passphrase: Secret | None = None

    @property
    def account(self) -> str:
        """A short name that is the same whenever the API key is, and does not tell it."""
        return account_name_of(self.api_key.reveal())

    @classmethod
    def load(cls, sources: CredentialSources, redactor: Redactor) -> Self:
        """Give the keys of the first source that has them, after telling redactor to keep them out of logs.

        Raises ConfigError when no source has them, or when one has only a half: the next could belong to
        another account.
        """
        for place, look_up in _PLACES:
            found = look_up(sources)
            if _has_any(found):
                return cls.given(place, found, redactor)
        msg = (
            f"no Binance API keys for {sources.mode}: set {KEY_VARIABLE} with {SECRET_VARIABLE} or "
            f"{PRIVATE_KEY_VARIABLE}, or store {KEYRING_KEY} with {KEYRING_SECRET} or {KEYRING_PRIVATE_KEY} "
            f"in the keyring under {keyring_service(sources.mode)}, or put key and secret into "
            f"{sources.key_file} and {sources.secret_file.name}"
        )
        raise ConfigError(msg)

    @classmethod
    def given(cls, place: str, found: Found, redactor: Redactor) -> Self:
        """Give keys found in a place, such as `the environment has`, after telling redactor of them.

        Raises ConfigError, which does not show them, when they are half of it, or no keys at all.
        """
        texts = [(text or "").strip(BLANKS) for text in found]
        key, secret, private, phrase = (*texts, *[""] * (4 - len(texts)))
        # before anything is said about them
        redactor.register(key, secret, private, phrase)
        private = _pem_text(private, place)
        redactor.register(private, *_pem_lines(private))
        if not key or not (secret or private):
            half = "the API key" if key else "the API secret"
            msg = f"{place} only {half}; give the API key and its secret or private key there, or neither"
            raise ConfigError(msg)
        refuse_odd_letters(place, key, secret)
        return cls(Secret(key), _secret(secret), _secret(private), _secret(phrase))


def keyring_service(mode: Environment) -> str:
    """Give the name under which the keyring has the keys of an environment."""
    return f"{KEYRING_SERVICE}-{mode}"


def places_with_keys(sources: CredentialSources) -> tuple[str, ...]:
    """Name the places that hold a key or half of one, the one that counts first."""
    return tuple([place.rpartition(" ")[0] for place, look_up in _PLACES if _has_any(look_up(sources))])


def account_name_of(api_key: str) -> str:
    """Give a short name of the account of an API key, the same for the same key, that does not tell it."""
    return hashlib.sha256(api_key.encode()).hexdigest()[:_FINGERPRINT_DIGITS]


def refuse_odd_letters(place: str, *keys: str) -> None:
    """Return when keys hold nothing that no venue's key has and no request could carry.

    Raises ConfigError, which does not show them.
    """
    if not all(key.isascii() and key.isprintable() and " " not in key for key in keys):
        msg = f"{place} a key or secret with a blank or a letter that no key has; copy both again, whole"
        raise ConfigError(msg)


def in_service(keyring: Keyring, service: str) -> Found:
    """Give what a keyring has under the name of a service."""
    return tuple([keyring.get_password(service, name) for name in KEYRING_ENTRIES])


def _has_any(found: Found) -> bool:
    return any((text or "").strip(BLANKS) for text in found[:_KEYS])


def _secret(text: str) -> Secret | None:
    return Secret(text) if text else None


def _pem_text(given: str, place: str) -> str:
    """Give the text of a private key that is given as such, or as the path of its file."""
    if not given or given.startswith(_PEM):
        return given.replace("\\n", "\n")
    text = _file_text(given).strip(BLANKS)
    if not text.startswith(_PEM):
        # what was given is not shown: it may be the key itself, without its first line
        msg = f"{place} a private key that is neither PEM text nor the path of a PEM file: begin with {_PEM}"
        raise ConfigError(msg)
    return text


def _file_text(path: str) -> str:
    """Give the text of a file, nothing when it cannot be read for any reason."""
    try:
        return FileStore().read_text(Path(path).expanduser())
    except (PowerTraderError, OSError, ValueError, RuntimeError):
        return ""


def _pem_lines(text: str) -> list[str]:
    """Give the lines of a private key that must not be seen one by one either."""
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("-----")]


def _in_environment(sources: CredentialSources) -> Found:
    names = (KEY_VARIABLE, SECRET_VARIABLE, PRIVATE_KEY_VARIABLE, PASSPHRASE_VARIABLE)
    return tuple([sources.environment.get(name) for name in names])


def _in_keyring(sources: CredentialSources) -> Found:
    return in_service(sources.keyring, keyring_service(sources.mode))


def _in_older_entry(sources: CredentialSources) -> Found:
    return in_service(sources.keyring, KEYRING_SERVICE)


def _in_files(sources: CredentialSources) -> Found:
    store = FileStore()
    pair = store.read_text(sources.key_file), store.read_text(sources.secret_file)
    if any(text.strip() for text in pair):
        _warn_of_files(sources.key_file.parent)
    return pair


@cache
def _warn_of_files(folder: Path) -> None:
    """Say it once: whoever looks for keys looks there for each environment, and for the names of places."""
    log.warning("API keys lie in plain text files; the keyring is safer", extra={"folder": str(folder)})


_PLACES: Final = (
    ("the environment has", _in_environment),
    ("the keyring has", _in_keyring),
    ("the older keyring entry has", _in_older_entry),
    ("the key files hold", _in_files),
)
