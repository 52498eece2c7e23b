"""A relay on this computer that remembers what clients sent: the keys and signatures of real requests."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

_CHUNK: Final = 65_536
_SIGNATURES: Final = re.compile(
    rb"""(?:signature=|"signature"\s*:\s*"|KC-API-SIGN:\s*|KC-API-PASSPHRASE:\s*)([^&\s"]+)"""
)
_HEADER_END: Final = b"\r\n\r\n"
_UPGRADE: Final = b"upgrade: websocket"
_COMPRESSION: Final = b"Sec-WebSocket-Extensions:"
_NO_COMPRESSION: Final = b"X-Left-Out-By-The-Relay_:"
"""As long as the other, so that nothing moves."""
_MASK_BYTES: Final = 4
_LONG_FRAME: Final = 126
_WAIT_S: Final = 10


@dataclass
class RecordingRelay:
    """Passes connections on to one address; url is where it listens itself."""

    target: str
    url: str = ""
    _sent: list[bytearray] = field(default_factory=list, repr=False)

    @property
    def requests(self) -> tuple[bytes, ...]:
        """Give what every connection sent, oldest first, the frames of WebSockets unmasked."""
        return tuple(_unmasked(bytes(one)) for one in self._sent)

    @property
    def signatures(self) -> frozenset[str]:
        """Give every signature that was sent, as it was made and as it was spelled."""
        found = {one.decode() for sent in self.requests for one in _SIGNATURES.findall(sent)}
        return frozenset(found | {unquote(unquote(one)) for one in found})

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                self._join(listener.accept()[0])

    def _join(self, client: socket.socket) -> None:
        parts = urlsplit(self.target)
        try:
            server = socket.create_connection((parts.hostname, parts.port or 0), _WAIT_S)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        record = bytearray()
        self._sent.append(record)
        for source, sink, kept in ((client, server, record), (server, client, None)):
            source.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            thread = threading.Thread(target=_pump, args=(source, sink, kept), daemon=True)
            thread.start()


def _pump(source: socket.socket, sink: socket.socket, kept: bytearray | None) -> None:
    """Copy until one side is gone, then let the other know."""
    with suppress(OSError):
        while content := source.recv(_CHUNK):
            if kept is not None:
                content = content.replace(_COMPRESSION, _NO_COMPRESSION)
                kept += content
            sink.sendall(content)
    for side in (sink, source):
        with suppress(OSError):
            side.shutdown(socket.SHUT_RDWR)
    if kept is None:
        sink.close()
        source.close()


def _unmasked(sent: bytes) -> bytes:
    """Give what a connection sent as it was meant: clients mask the frames of a WebSocket."""
    header, end, frames = sent.partition(_HEADER_END)
    if _UPGRADE not in header.lower():
        return sent
    return header + end + b"".join(_frames(frames))


def _frames(sent: bytes) -> Iterator[bytes]:
    at = 0
    while len(sent) >= at + 2:
        size, at = sent[at + 1] & 0x7F, at + 2
        if size >= _LONG_FRAME:
            digits = 2 if size == _LONG_FRAME else 8
            size, at = int.from_bytes(sent[at : at + digits], "big"), at + digits
        mask, at = sent[at : at + _MASK_BYTES], at + _MASK_BYTES
        content, at = sent[at : at + size], at + size
        yield bytes(letter ^ mask[place % _MASK_BYTES] for place, letter in enumerate(content))


@contextmanager
def recording_relay(target: str) -> Iterator[RecordingRelay]:
    """Relay to an address, such as http://127.0.0.1:8787, for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        relay = RecordingRelay(target, f"http://127.0.0.1:{listener.getsockname()[1]}")
        thread = threading.Thread(target=relay._accept, args=(listener,), daemon=True)
        thread.start()
        yield relay
