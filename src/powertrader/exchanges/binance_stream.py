"""Binance's account stream, as a hint to look sooner; what happened is always asked for over REST."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Self

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from powertrader.core.exceptions import PowerTraderError, RetryLater
from powertrader.exchanges.binance_errors import CLOCK
from powertrader.exchanges.binance_session import BinanceSession
from powertrader.exchanges.binance_wire_stream import Told, message_of, subscription

log = logging.getLogger(__name__)

_LOCAL: Final = "ws://"
_CLOSE_S: Final = 1.0
_END_S: Final = 2.0


@dataclass(frozen=True, slots=True)
class StreamWaits:
    """The pauses before a lost stream is taken up again, doubled up to the longest; and for a connection."""

    first_s: float = 1.0
    longest_s: float = 60.0
    connect_s: float = 10.0
    ping_s: float = 20.0


class UserStream:
    """Calls wake whenever something happened to the account, and whenever that may have been missed.

    The loss of the stream changes nothing but speed: it is told once and taken up again. The session must
    be the stream's own: it is used in another thread. wake is called there, too.
    """

    def __init__(
        self, session: BinanceSession, wake: Callable[[], None], waits: StreamWaits | None = None
    ) -> None:
        """Open nothing yet."""
        self._session = session
        self._wake = wake
        self._waits = waits or StreamWaits()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: ClientConnection | None = None
        self._is_lost = False
        self._wait_s = self._waits.first_s
        # at debug level it would log the signed subscription
        self._quiet = logging.getLogger("websockets.client")
        self._quiet.setLevel(logging.WARNING)

    def __enter__(self) -> Self:
        """Begin to listen, in a thread of its own."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="user-stream", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening, at once."""
        self._stopping.set()
        connection = self._connection
        if connection is not None:
            connection.close()
        if self._thread is not None:
            self._thread.join(_END_S)
            self._thread = None

    def _run(self) -> None:
        while not self._stopping.is_set():
            problem = self._listened()
            if self._stopping.is_set():
                break
            if not self._is_lost:
                log.warning("account stream lost; orders are looked up as before", extra={"reason": problem})
            self._is_lost = True
            self._stopping.wait(self._wait_s)
            self._wait_s = min(self._wait_s * 2, self._waits.longest_s)
        self._session.close()

    def _listened(self) -> str:
        """Listen until the stream ends, and say why it did."""
        try:
            with self._connected() as connection:
                self._connection = connection
                self._follow(connection)
        except (PowerTraderError, WebSocketException, OSError, ValueError) as error:
            words = f": {error}" if isinstance(error, PowerTraderError) else ""
            return type(error).__name__ + words
        finally:
            self._connection = None
        return "Binance ended it"

    def _connected(self) -> ClientConnection:
        address = self._session.stream_address
        return connect(
            address,
            open_timeout=self._waits.connect_s,
            ping_interval=self._waits.ping_s,
            ping_timeout=self._waits.ping_s,
            close_timeout=_CLOSE_S,
            logger=self._quiet,
            # a proxy of the surroundings is for the internet, not for this computer
            proxy=None if address.startswith(_LOCAL) else True,
        )

    def _follow(self, connection: ClientConnection) -> None:
        """Subscribe, and pass hints on until Binance ends the stream."""
        connection.send(subscription(1, self._session.stream_parameters()), text=True)
        while not self._stopping.is_set():
            message = message_of(connection.recv())
            if message.told is Told.REFUSED:
                if message.code == CLOCK:
                    self._session.measure_clock()
                msg = f"account stream: Binance answered {message.code} {message.words!r}"
                raise RetryLater(msg)
            if message.told is Told.ENDED:
                return
            if message.told is Told.SUBSCRIBED:
                self._found()
            elif message.told is not Told.NOTHING:
                # only a stream that tells something has come back for good
                self._wait_s = self._waits.first_s
            if message.told is not Told.NOTHING:
                self._wake()

    def _found(self) -> None:
        if self._is_lost:
            log.info("account stream is back")
        self._is_lost = False
