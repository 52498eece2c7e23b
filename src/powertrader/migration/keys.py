"""The original's key files: whether they are there, whose account they are, and the way to the keyring."""

from dataclasses import dataclass

from powertrader.core.credentials import (
    BLANKS,
    BinanceCredentials,
    Secret,
    SystemKeyring,
    refuse_odd_letters,
)
from powertrader.core.credentials_store import KeyPlaces
from powertrader.core.exceptions import ConfigError, PowerTraderError
from powertrader.core.original_folder import OriginalFolder
from powertrader.core.redaction import Redactor
from powertrader.core.storage import FileStore


@dataclass(frozen=True, slots=True)
class KeysFound:
    """Whether a folder has keys. account is the name of their ledger, problem why they cannot be used."""

    found: bool = False
    account: str | None = None
    problem: str = ""


def read_keys(original: OriginalFolder, redactor: Redactor) -> KeysFound:
    """Look at the key files of a folder; what they hold stays in this process."""
    if not (original.key_file.is_file() or original.secret_file.is_file()):
        return KeysFound()
    try:
        return KeysFound(found=True, account=_load(original, redactor).account)
    except PowerTraderError as error:
        return KeysFound(found=True, problem=str(error))


def store_keys(original: OriginalFolder, redactor: Redactor, keyring: SystemKeyring) -> str:
    """Put the keys of a folder into the system's keyring and say in plain words what came of it.

    Raises ConfigError when there are none, other ones are stored already, or the system has no keyring.
    """
    keys = _load(original, redactor)
    # the original knows no other environment
    return KeyPlaces(keyring, original.key_file, original.secret_file, "live").keep_in_keyring(keys)


def _load(original: OriginalFolder, redactor: Redactor) -> BinanceCredentials:
    store = FileStore()
    key, secret = (store.read_text(path).strip(BLANKS) for path in (original.key_file, original.secret_file))
    redactor.register(key, secret)
    if not key or not secret:
        msg = "of b_key.txt and b_secret.txt one is missing or empty: the keys cannot be used"
        raise ConfigError(msg)
    refuse_odd_letters("b_key.txt and b_secret.txt hold", key, secret)
    return BinanceCredentials(Secret(key), Secret(secret))
