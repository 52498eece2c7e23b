"""Keeps keys and signatures out of whatever leaves the process as text."""

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final, NoReturn

MASK: Final = "***"
SHORTEST_SECRET: Final = 4
"""Registering less would mask ordinary words."""
_NAME: Final = (
    r"(?:api[-_ ]?key|x-mbx-apikey|(?:api[-_ ]?)?secret(?:[-_ ]?key)?|signature|password|passphrase|token)"
)
_NAMED: Final = re.compile(rf"(?i){_NAME}|key")
_NAMED_VALUE: Final = re.compile(
    rf"""(?i)((?:{_NAME}\\*["']?\s*[=:]|(?<![a-z0-9_])key\s*=)\s*\\*["']?)[^\s&"',;}})\]\\]+"""
)
_LOGIN: Final = re.compile(r"""(?<=://)[^\s"']*@""")
"""User and password of an address; a password may hold a slash or another @."""

_SECRET_VARIABLE: Final = re.compile(r"(?i).*(?:_KEY|SECRET|PASSWORD|PASSPHRASE|TOKEN)")
_SHORTEST_IN_ENVIRONMENT: Final = 8
"""A shorter value of such a variable is more likely a word, such as true."""


def secrets_in(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Give the values of the variables whose names say that they hold a secret."""
    return tuple(
        [
            text
            for name, text in environment.items()
            if _SECRET_VARIABLE.fullmatch(name) and len(text) >= _SHORTEST_IN_ENVIRONMENT
        ]
    )


class Redactor:
    """Takes registered secrets, and whatever is named like a secret, out of texts and JSON values."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Remember secrets to begin with."""
        self._known: tuple[str, ...] = ()
        self.register(*secrets)

    def __reduce__(self) -> NoReturn:
        msg = "what knows the secrets is not written anywhere"
        raise TypeError(msg)

    def register(self, *secrets: str) -> None:
        """Remember more secrets; those of fewer than four characters are ignored."""
        known = {*self._known, *(secret for secret in secrets if len(secret) >= SHORTEST_SECRET)}
        # the longest first: a secret that holds another one is masked whole
        self._known = tuple(sorted(known, key=len, reverse=True))

    def redact(self, text: str) -> str:
        """Give the text with three stars in place of every secret."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        if "=" in text or ":" in text:
            text = _NAMED_VALUE.sub(lambda found: found.group(1) + MASK, text)
            text = _LOGIN.sub(f"{MASK}@", text)
        return text

    def redact_value(self, value: object) -> object:
        """Give a JSON value without secrets, at any depth; numbers JSON has no word for become text."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, Mapping):
            return {self.redact(str(name)): self._member(str(name), one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self.redact_value(one) for one in value]
        if isinstance(value, int | float) and (str(value) in self._known or not math.isfinite(value)):
            return self.redact(str(value))
        return value

    def _member(self, name: str, value: object) -> object:
        return MASK if _NAMED.fullmatch(name.strip()) and value is not None else self.redact_value(value)
