"""Where python-binance is led to, and which keys it signs with."""

import base64
from collections.abc import Callable
from functools import cache
from typing import Final

import pytest
from Crypto.Hash import SHA256
from Crypto.PublicKey import ECC, RSA
from Crypto.Signature import eddsa, pkcs1_15

from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.core.exceptions import ConfigError
from powertrader.exchanges.binance_client import BinanceHost, SpotClient, spot_client, stream_address
from powertrader.models.types import Environment

LOCAL: Final = "http://127.0.0.1:8787"
ED25519: Final = ECC.generate(curve="Ed25519")


@cache
def ed25519(passphrase: str | None = None) -> str:
    if passphrase is None:
        return str(ED25519.export_key(format="PEM"))
    protection = "PBKDF2WithHMAC-SHA512AndAES256-CBC"
    return str(ED25519.export_key(format="PEM", passphrase=passphrase, protection=protection))


def keys(private: str, passphrase: str | None = None) -> BinanceCredentials:
    phrase = None if passphrase is None else Secret(passphrase)
    return BinanceCredentials(Secret("key"), None, Secret(private), phrase)


def client(host: BinanceHost, credentials: BinanceCredentials | None = None) -> SpotClient:
    made = spot_client(host, credentials)
    made.session.close()
    return made


@pytest.mark.parametrize(
    "mode, settings, expected, stream",
    [
        (
            "live",
            ExchangeSection(),
            "https://api.binance.com/api/v3/time",
            "wss://ws-api.binance.com/ws-api/v3",
        ),
        (
            "paper",
            ExchangeSection(tld="us"),
            "https://api.binance.us/api/v3/time",
            "wss://ws-api.binance.us/ws-api/v3",
        ),
        (
            "live",
            ExchangeSection(endpoint=3),
            "https://api3.binance.com/api/v3/time",
            "wss://ws-api.binance.com/ws-api/v3",
        ),
        (
            "testnet",
            ExchangeSection(),
            "https://testnet.binance.vision/api/v3/time",
            "wss://ws-api.testnet.binance.vision/ws-api/v3",
        ),
        (
            "demo",
            ExchangeSection(),
            "https://demo-api.binance.com/api/v3/time",
            "wss://demo-ws-api.binance.com/ws-api/v3",
        ),
        ("live", ExchangeSection(url=LOCAL), f"{LOCAL}/api/v3/time", "ws://127.0.0.1:8787/ws-api/v3"),
        ("testnet", ExchangeSection(url=LOCAL), f"{LOCAL}/api/v3/time", "ws://127.0.0.1:8787/ws-api/v3"),
        ("demo", ExchangeSection(url=LOCAL), f"{LOCAL}/api/v3/time", "ws://127.0.0.1:8787/ws-api/v3"),
    ],
)
def test_each_mode_is_asked_at_its_own_address(
    mode: Environment, settings: ExchangeSection, expected: str, stream: str
) -> None:
    host = BinanceHost(mode, settings)
    assert client(host)._create_api_uri("time") == expected
    assert stream_address(host) == stream


def test_a_proxy_of_the_surroundings_is_not_used_for_this_computer() -> None:
    assert not client(BinanceHost("live", ExchangeSection(url=LOCAL))).session.trust_env
    assert client(BinanceHost("live", ExchangeSection())).session.trust_env


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_an_ed25519_key_signs_with_and_without_a_passphrase(passphrase: str | None) -> None:
    made = client(BinanceHost("live", ExchangeSection()), keys(ed25519(passphrase), passphrase))
    signed = dict(made.stream_parameters(5000))
    signature = base64.b64decode(str(signed.pop("signature")))
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
    eddsa.new(ED25519.public_key(), "rfc8032").verify(text.encode(), signature)


@pytest.fixture(scope="module")
def rsa_key() -> RSA.RsaKey:
    return RSA.generate(2048)


@pytest.mark.parametrize("passphrase", [None, "open sesame"])
def test_an_rsa_key_signs_with_and_without_a_passphrase(rsa_key: RSA.RsaKey, passphrase: str | None) -> None:
    pem = rsa_key.export_key(passphrase=passphrase, pkcs=8).decode()
    made = client(BinanceHost("live", ExchangeSection()), keys(pem, passphrase))
    signed = dict(made.stream_parameters(5000))
    signature = base64.b64decode(str(signed.pop("signature")))
    text = "&".join(f"{name}={value}" for name, value in sorted(signed.items()))
    pkcs1_15.new(rsa_key.public_key()).verify(SHA256.new(text.encode()), signature)


@pytest.mark.parametrize(
    "made, passphrase",
    [
        (lambda: "-----BEGIN PRIVATE KEY-----\nbm90IGEga2V5\n-----END PRIVATE KEY-----", None),
        (lambda: ed25519("right"), "wrong"),
        (lambda: ed25519("right"), None),
        (lambda: str(ECC.generate(curve="P-256").export_key(format="PEM")), None),
    ],
    ids=["junk", "wrong passphrase", "no passphrase", "another curve"],
)
def test_a_private_key_that_cannot_be_used_is_told_without_showing_it(
    made: Callable[[], str], passphrase: str | None
) -> None:
    private = made()
    with pytest.raises(ConfigError, match="Ed25519 or RSA") as refused:
        client(BinanceHost("live", ExchangeSection()), keys(private, passphrase))
    assert private.splitlines()[1] not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None
