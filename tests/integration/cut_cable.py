"""A network between trader and exchange that is ours to cut: a TCP proxy on loopback."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Literal
from urllib.parse import urlsplit

_ORDER: Final = b"POST /api/v3/order"
_BLOCK: Final = 65536
End = Literal["before", "after"]


class Cable:
    """Passes bytes on until it is cut; then nobody listens at its port until it is mended."""

    def __init__(self, url: str) -> None:
        """Lead to the exchange of a url."""
        parts = urlsplit(url)
        self._target = (str(parts.hostname), int(parts.port or 0))
        self._lock = threading.Lock()
        self._ends: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self._port = 0
        self._cuts_at_order: End | None = None
        self.is_cut = threading.Event()
        self.mend()

    @property
    def url(self) -> str:
        """Where the exchange is found through the cable."""
        return f"http://127.0.0.1:{self._port}"

    def cut_at_next_order(self, end: End) -> None:
        """Cut as soon as an order comes along: before it goes on to the exchange, or just after."""
        self.is_cut.clear()
        self._cuts_at_order = end

    def mend(self) -> None:
        """Listen, at the port it had before."""
        listener = socket.create_server(("127.0.0.1", self._port), reuse_port=False)
        self._port = listener.getsockname()[1]
        self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Reset every connection and stop listening."""
        with self._lock:
            ends, self._ends = self._ends, []
            listener, self._listener = self._listener, None
        for end in (*ends, *([listener] if listener else [])):
            with contextlib.suppress(OSError):
                # wakes whoever waits in accept or recv
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.is_cut.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            for end in (near, far):
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._ends += [near, far]
            threading.Thread(target=self._pass_on, args=(near, far), daemon=True).start()
            threading.Thread(target=self._pass_on, args=(far, near), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while content := source.recv(_BLOCK):
                cuts = self._cuts_at_order if _ORDER in content else None
                if cuts != "before":
                    target.sendall(content)
                if cuts is not None:
                    self._cuts_at_order = None
                    self.cut()
                    return
        for end in (source, target):
            end.close()


@contextmanager
def cable_to(url: str) -> Iterator[Cable]:
    """Lead to an exchange for as long as the block runs."""
    cable = Cable(url)
    try:
        yield cable
    finally:
        cable.cut()
