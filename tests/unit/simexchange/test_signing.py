"""Signatures of requests as they were received."""

import base64
import hashlib
import hmac

import pytest
from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC, RSA
from Crypto.Signature import eddsa, pkcs1_15

from powertrader.core.exceptions import ConfigError
from powertrader.simexchange.signing import ApiKey, KeyKind, public_key, split_signature, window_problem

# the example of Binance's documentation of signed endpoints
DOCUMENTED_SECRET = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"  # noqa: S105  published
DOCUMENTED_PAYLOAD = (
    "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000"
    "&timestamp=1499827319559"
)
DOCUMENTED_SIGNATURE = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
MIXED_SIGNATURE = "0fd168b8ddb4876a0358a8d14d0c9f3da0e9b20c5d52b2a00fcf7d1c602f9a77"


def test_the_documented_hmac_example_is_accepted() -> None:
    key = ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET)
    assert key.signed(DOCUMENTED_PAYLOAD, DOCUMENTED_SIGNATURE)
    assert key.signed(DOCUMENTED_PAYLOAD, DOCUMENTED_SIGNATURE.upper())


def test_the_documented_example_with_query_and_body_is_joined_without_an_ampersand() -> None:
    query = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC"
    body = f"quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559&signature={MIXED_SIGNATURE}"
    payload, signature = split_signature(query, body)
    assert signature == MIXED_SIGNATURE
    assert ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET).signed(payload, signature)


@pytest.mark.parametrize("payload", [DOCUMENTED_PAYLOAD + "1", DOCUMENTED_PAYLOAD.replace("BUY", "SELL"), ""])
def test_a_changed_payload_is_refused(payload: str) -> None:
    key = ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET)
    assert not key.signed(payload, DOCUMENTED_SIGNATURE)


@pytest.mark.parametrize("signature", ["", "zz", "ü", DOCUMENTED_SIGNATURE[:-1]])
def test_rubbish_is_no_signature(signature: str) -> None:
    assert not ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET).signed(DOCUMENTED_PAYLOAD, signature)


@pytest.fixture(scope="module")
def ed25519() -> ECC.EccKey:
    return ECC.generate(curve="Ed25519")


def test_an_ed25519_key_signs(ed25519: ECC.EccKey) -> None:
    key = public_key("k", "main", ed25519.public_key().export_key(format="PEM"))
    assert key.kind is KeyKind.ED25519
    signature = base64.b64encode(eddsa.new(ed25519, "rfc8032").sign(b"a=1&timestamp=2")).decode()
    assert key.signed("a=1&timestamp=2", signature)
    assert not key.signed("a=1&timestamp=3", signature)
    assert not key.signed("a=1&timestamp=2", "no base64!")


def test_an_rsa_key_signs() -> None:
    secret = RSA.generate(2048)
    key = public_key("k", "main", secret.public_key().export_key().decode())
    assert key.kind is KeyKind.RSA
    signature = base64.b64encode(pkcs1_15.new(secret).sign(SHA256.new(b"x=1"))).decode()
    assert key.signed("x=1", signature)
    assert not key.signed("x=2", signature)


def test_a_private_key_is_not_taken(ed25519: ECC.EccKey) -> None:
    with pytest.raises(ConfigError, match="private key"):
        public_key("k", "main", ed25519.export_key(format="PEM"))


def test_what_is_no_key_is_refused() -> None:
    with pytest.raises(ConfigError, match="expected an Ed25519 or RSA public key"):
        public_key("k", "main", "nonsense")


@pytest.mark.parametrize(
    "sent", ["abc%2Bd%2Fe%3D", "abc%252Bd%252Fe%253D", "abc+d/e="], ids=["once", "twice", "plain"]
)
def test_a_base64_signature_is_understood_however_often_it_was_encoded(sent: str) -> None:
    assert split_signature("", f"a=1&signature={sent}&b=2") == ("a=1&b=2", "abc+d/e=")


def test_a_request_without_a_signature_has_none() -> None:
    assert split_signature("a=1", "b=2") == ("a=1b=2", "")
    assert split_signature("mysignature=1", "") == ("mysignature=1", "")


@pytest.mark.parametrize(
    "timestamp_ms, window_ms, code",
    [
        (100_000, 5_000, None),
        (95_000, 5_000, None),
        (94_999, 5_000, -1021),
        (100_999, 5_000, None),
        (101_000, 5_000, -1021),
        (100_000, 60_001, -1131),
    ],
)
def test_a_time_stamp_counts_within_its_window(timestamp_ms: int, window_ms: int, code: int | None) -> None:
    problem = window_problem(timestamp_ms, window_ms, 100_000)
    assert (None if problem is None else problem[0]) == code


def test_the_secret_is_not_shown() -> None:
    assert DOCUMENTED_SECRET not in repr(ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET))
    digest = hmac.new(DOCUMENTED_SECRET.encode(), b"x", hashlib.sha256).hexdigest()
    assert ApiKey("k", "main", KeyKind.HMAC, DOCUMENTED_SECRET).signed("x", digest)
