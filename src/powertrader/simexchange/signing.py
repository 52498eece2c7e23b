"""Who signed a request: HMAC secrets, and Ed25519 or RSA public keys, over the text as it was received."""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NoReturn
from urllib.parse import unquote

from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC, RSA
from Crypto.Signature import eddsa, pkcs1_15

from powertrader.core.exceptions import ConfigError

_SIGNATURE: Final = re.compile(r"(?:^|&)signature=([^&]*)")
_LARGEST_WINDOW_MS: Final = 60_000
_AHEAD_MS: Final = 1_000
DEFAULT_WINDOW_MS: Final = 5_000


class KeyKind(StrEnum):
    """How the requests of a key are signed."""

    HMAC = "HMAC"
    ED25519 = "ED25519"
    RSA = "RSA"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of an account: the account's name, and the secret or the public key (PEM) that proves it."""

    api_key: str
    account: str
    kind: KeyKind
    proof: str

    def __repr__(self) -> str:
        """Give whose key this is, never the secret."""
        return f"ApiKey(account={self.account!r}, kind={self.kind.value})"

    def __reduce__(self) -> NoReturn:
        msg = "a key is kept in its own file and written nowhere else"
        raise TypeError(msg)

    def signed(self, payload: str, signature: str) -> bool:
        """Tell whether this key made the signature (hex for HMAC, else base64) of the payload."""
        if self.kind is KeyKind.HMAC:
            expected = hmac.new(self.proof.encode(), payload.encode(), hashlib.sha256).hexdigest()
            return hmac.compare_digest(expected.encode(), signature.lower().encode())
        try:
            _verify(self, payload.encode(), base64.b64decode(signature, validate=True))
        except (ValueError, binascii.Error):
            return False
        return True


def public_key(api_key: str, account: str, pem: str) -> ApiKey:
    """Make the key of an account from a public Ed25519 or RSA key in PEM.

    Raises ConfigError when the text is neither, or holds a private key.
    """
    for kind, read in ((KeyKind.ED25519, ECC.import_key), (KeyKind.RSA, RSA.import_key)):
        try:
            key = read(pem)
        except (ValueError, IndexError, TypeError):
            continue
        if key.has_private():
            msg = "a private key was given; only the public key belongs here"
            raise ConfigError(msg)
        return ApiKey(api_key, account, kind, pem)
    msg = "public key was not understood; expected an Ed25519 or RSA public key in PEM"
    raise ConfigError(msg)


def split_signature(query: str, body: str) -> tuple[str, str]:
    """Give what was signed and the signature of a request, the second empty when there is none.

    What is signed is the query followed by the body, without the parameter signature and otherwise as
    received. python-binance percent-encodes a base64 signature twice in a body, so it is decoded until
    nothing changes: a signature itself has no percent sign.
    """
    found = ""
    kept = []
    for text in (query, body):
        match = _SIGNATURE.search(text)
        if match is not None:
            found = match[1]
            rest = text[: match.start()] + text[match.end() :]
            kept.append(rest.removeprefix("&"))
        else:
            kept.append(text)
    while "%" in found and (decoded := unquote(found)) != found:
        found = decoded
    return "".join(kept), found


def window_problem(timestamp_ms: int, window_ms: int, server_ms: int) -> tuple[int, str] | None:
    """Give Binance's code and text for a time stamp that does not count, None for a good one."""
    if window_ms > _LARGEST_WINDOW_MS:
        return -1131, "recvWindow must be less than 60000."
    if timestamp_ms >= server_ms + _AHEAD_MS:
        return -1021, "Timestamp for this request was 1000ms ahead of the server's time."
    if server_ms - timestamp_ms > window_ms:
        return -1021, "Timestamp for this request is outside of the recvWindow."
    return None


def _verify(key: ApiKey, payload: bytes, signature: bytes) -> None:
    """Return when the signature is right. Raises ValueError otherwise."""
    if key.kind is KeyKind.ED25519:
        eddsa.new(ECC.import_key(key.proof), "rfc8032").verify(payload, signature)
    else:
        pkcs1_15.new(RSA.import_key(key.proof)).verify(SHA256.new(payload), signature)
