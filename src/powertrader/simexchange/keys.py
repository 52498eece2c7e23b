"""The keys of all accounts, made once and kept with the state, readable by nobody else."""

import secrets
from pathlib import Path
from typing import Final

import orjson

from powertrader.core.exceptions import BadData
from powertrader.core.storage import FileStore
from powertrader.simexchange.signing import ApiKey, KeyKind, public_key

FIRST_ACCOUNT: Final = "main"
_PRIVATE_MODE: Final = 0o600
_PRIVATE_FOLDER: Final = 0o700
_KEY_BYTES: Final = 32


class KeyRing:
    """Finds the account of an API key; every change is in the file before it is in force."""

    def __init__(self, path: Path | None = None) -> None:
        """Read the keys that were kept; path None keeps nothing. Raises BadData for a damaged file."""
        self._path = path
        self._keys: dict[str, ApiKey] = {}
        if path is not None:
            self._keys = _read(path)

    def find(self, api_key: str) -> ApiKey | None:
        """Give the key with this text, None when nobody has it."""
        return self._keys.get(api_key)

    def of(self, account: str) -> tuple[ApiKey, ...]:
        """Give the keys of an account, oldest first."""
        return tuple(key for key in self._keys.values() if key.account == account)

    def first(self, account: str) -> ApiKey:
        """Give the account's oldest key with a secret, made now if there is none."""
        found = next((key for key in self.of(account) if key.kind is KeyKind.HMAC), None)
        return found or self.issue(account)

    def issue(self, account: str) -> ApiKey:
        """Make a key with a secret, as many letters and digits as Binance's have."""
        return self._keep(ApiKey(_token(), account, KeyKind.HMAC, _token()))

    def register(self, account: str, pem: str) -> ApiKey:
        """Make a key that is proven by a public key in PEM. Raises ConfigError when it is none."""
        return self._keep(public_key(_token(), account, pem))

    def revoke(self, api_key: str) -> bool:
        """Take a key away; False when there is none."""
        if self._keys.pop(api_key, None) is None:
            return False
        self._write()
        return True

    def _keep(self, key: ApiKey) -> ApiKey:
        self._keys[key.api_key] = key
        self._write()
        return key

    def _write(self) -> None:
        if self._path is None:
            return
        content = [
            {"api_key": key.api_key, "account": key.account, "kind": key.kind.value, "proof": key.proof}
            for key in self._keys.values()
        ]
        # the folder is closed first, so that nobody can read the file before its mode is set
        self._path.parent.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        FileStore().write_bytes(self._path, orjson.dumps(content), durable=True)
        self._path.chmod(_PRIVATE_MODE)


def _token() -> str:
    return secrets.token_hex(_KEY_BYTES)


def _read(path: Path) -> dict[str, ApiKey]:
    content = FileStore().read_bytes(path)
    if content is None:
        return {}
    try:
        records = orjson.loads(content)
        keys = [
            ApiKey(str(one["api_key"]), str(one["account"]), KeyKind(one["kind"]), str(one["proof"]))
            for one in records
        ]
    except (ValueError, KeyError, TypeError) as error:
        msg = f"{path} is damaged; move it away, then new keys are made"
        raise BadData(msg) from error
    return {key.api_key: key for key in keys}
