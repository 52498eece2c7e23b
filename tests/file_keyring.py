"""A keyring in a file, for programs that are started by a test: PYTHON_KEYRING_BACKEND names it.

The file is that of TEST_KEYRING_FILE.
"""

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Keeps texts in a JSON file, readable for the test."""

    priority = 1.0

    @property
    def _file(self) -> Path:
        return Path(os.environ["TEST_KEYRING_FILE"])

    def get_password(self, service: str, username: str) -> str | None:
        found: str | None = self._stored().get(f"{service} {username}")
        return found

    def set_password(self, service: str, username: str, password: str) -> None:
        self._file.write_text(json.dumps({**self._stored(), f"{service} {username}": password}))

    def delete_password(self, service: str, username: str) -> None:
        stored = self._stored()
        if stored.pop(f"{service} {username}", None) is None:
            raise PasswordDeleteError(username)
        self._file.write_text(json.dumps(stored))

    def _stored(self) -> dict[str, str]:
        return dict(json.loads(self._file.read_text())) if self._file.exists() else {}
