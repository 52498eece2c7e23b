"""python-binance's own client, with its replies, keys and connections made safe for money.

What 1.0.37 does otherwise: it stumbles over error replies that are no JSON object, follows redirects with
the key in the header, reads no Ed25519 key that has a passphrase, takes any longer one for RSA, and leaves
an event loop open.
"""

import asyncio
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

import requests
from binance.client import Client
from Crypto.PublicKey import ECC, RSA
from requests.adapters import HTTPAdapter

from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials
from powertrader.core.exceptions import ConfigError
from powertrader.exchanges.binance_errors import Refusal, refusal_of
from powertrader.models.types import Environment

_OK: Final = range(200, 300)
_IDLE_S: Final = 30
"""Seconds of silence after which the system asks whether the other side is still there."""
_ASK_AGAIN_S: Final = 10
_ASKS: Final = 3
_ED25519: Final = "Ed25519"


class NoAnswer(Exception):
    """A reply that is no answer."""

    def __init__(self, refusal: Refusal) -> None:
        """Keep what came instead."""
        super().__init__(refusal.status)
        self.refusal = refusal


class SteadyAdapter(HTTPAdapter):
    """Connections that notice when the other side is gone; nothing is ever sent again by itself."""

    def init_poolmanager(self, connections: int, maxsize: int, *rest: Any, **options: Any) -> None:  # noqa: ANN401  whatever requests passes on
        """Open every connection with keep-alive and without delay."""
        options["socket_options"] = _socket_options()
        super().init_poolmanager(connections, maxsize, *rest, **options)


class SpotClient(Client):  # type: ignore[misc]  # python-binance ships no types
    """A client that gives an answer or raises NoAnswer."""

    def stream_parameters(self, recv_window_ms: int) -> Mapping[str, str | int]:
        """Give the signed parameters that subscribe a stream to this account's events."""
        signed: dict[str, str | int] = self._sign_ws_params(
            {"recvWindow": recv_window_ms}, self._generate_ws_api_signature
        )
        return signed

    def close_connection(self) -> None:
        """Let go of the connections; there are none yet where the private key could not be read."""
        session: requests.Session | None = getattr(self, "session", None)
        if session is not None:
            session.close()

    def _init_session(self) -> requests.Session:
        session: requests.Session = super()._init_session()
        for scheme in ("https://", "http://"):
            session.mount(scheme, SteadyAdapter(max_retries=0))
        return session

    def _init_private_key(self, private_key: str | None, private_key_pass: str | None = None) -> object:
        if not private_key:
            return None
        try:
            key = ECC.import_key(private_key, passphrase=private_key_pass)
        except (ValueError, IndexError, TypeError):
            self._is_rsa = True
            return _rsa_key(private_key, private_key_pass)
        if key.curve != _ED25519:
            _no_key()
        return key

    @staticmethod
    def _handle_response(response: requests.Response) -> Any:  # noqa: ANN401  parsed JSON, typed by binance_wire*
        if response.status_code not in _OK:
            refusal = refusal_of(response.status_code, response.content, response.headers)
        else:
            try:
                return response.json()
            except (ValueError, RecursionError):
                refusal = Refusal(response.status_code)
        raise NoAnswer(refusal)


@dataclass(frozen=True, slots=True)
class BinanceHost:
    """Which of Binance's environments is asked, and the settings of how."""

    mode: Environment
    settings: ExchangeSection


def spot_client(host: BinanceHost, keys: BinanceCredentials | None) -> SpotClient:
    """Make a client that has not asked anything yet; keys None allows public calls only.

    Raises ConfigError for a private key that cannot be read.
    """
    settings = host.settings
    # python-binance wants an event loop that nothing here ever runs
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        client = SpotClient(
            api_key=None if keys is None else keys.api_key.reveal(),
            api_secret=None if keys is None or keys.api_secret is None else keys.api_secret.reveal(),
            requests_params={"timeout": settings.timeout_s, "allow_redirects": False},
            tld=settings.tld,
            base_endpoint=str(settings.endpoint or ""),
            testnet=host.mode == "testnet",
            demo=host.mode == "demo",
            private_key=None if keys is None or keys.private_key is None else keys.private_key.reveal(),
            private_key_pass=None if keys is None or keys.passphrase is None else keys.passphrase.reveal(),
            ping=False,
        )
    finally:
        asyncio.set_event_loop(None)
        loop.close()
    # 1.0.37 overwrites what a call asks for with this value
    client.REQUEST_RECVWINDOW = settings.recv_window_ms
    if settings.url:
        client.API_URL = client.API_TESTNET_URL = client.API_DEMO_URL = f"{settings.url}/api"
        client.MARGIN_API_URL = f"{settings.url}/sapi"
        # a proxy of the surroundings is for the internet, not for this computer
        client.session.trust_env = False
    return client


def stream_address(host: BinanceHost) -> str:
    """Give where the WebSocket API listens."""
    settings = host.settings
    if settings.url:
        return f"ws{settings.url.removeprefix('http')}/ws-api/v3"
    if host.mode == "testnet":
        return str(SpotClient.WS_API_TESTNET_URL)
    if host.mode == "demo":
        return str(SpotClient.WS_API_DEMO_URL)
    return str(SpotClient.WS_API_URL).format(settings.tld)


def _rsa_key(text: str, passphrase: str | None) -> object:
    try:
        return RSA.import_key(text, passphrase=passphrase)
    except (ValueError, IndexError, TypeError):
        _no_key()


def _no_key() -> NoReturn:
    # the library's own words could hold the key
    msg = "the private key for Binance cannot be read: it must be PEM, Ed25519 or RSA, with its passphrase"
    raise ConfigError(msg) from None


def _socket_options() -> list[tuple[int, int, int]]:
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    wanted = {"TCP_KEEPIDLE": _IDLE_S, "TCP_KEEPINTVL": _ASK_AGAIN_S, "TCP_KEEPCNT": _ASKS}
    # not every system has names for all three
    known = {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}
    return options + [(socket.IPPROTO_TCP, option, value) for option, value in known.items()]
