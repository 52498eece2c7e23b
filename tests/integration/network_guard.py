"""Cuts a Python process and all its children off from everything but this computer, and notes what they do.

As `sitecustomize` on the PYTHONPATH it is the first thing that each process does. Whom a process looks up,
connects to or sends to is a line in NETWORK_GUARD_FOLDER; everything but loopback is refused. The hook
cannot be taken out again.
"""

import ipaddress
import json
import os
import sys
from pathlib import Path
from typing import Final

FOLDER: Final = "NETWORK_GUARD_FOLDER"
_WATCHED: Final = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)


def is_near(host: object) -> bool:
    """Tell whether a host is this computer: an address, a name, or a path of a local socket."""
    if host is None or host == "localhost" or isinstance(host, bytes):
        return True
    try:
        return ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return str(host).startswith("/")


def host_of(event: str, arguments: tuple[object, ...]) -> object:
    """Give whom an event is about."""
    if event.startswith("socket.get"):
        return arguments[0]
    address = arguments[-1]
    return address[0] if isinstance(address, tuple) else address


def guard(folder: Path) -> None:
    """Refuse everything but this computer from now on, in this process."""
    seen: set[str] = set()
    record = folder / f"{os.getpid()}.jsonl"

    def note(**content: object) -> None:
        with record.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(content) + "\n")

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event not in _WATCHED:
            return
        host = host_of(event, arguments)
        near = is_near(host)
        if str(host) not in seen:
            seen.add(str(host))
            note(host=str(host), near=near)
        if not near:
            msg = f"the test lets nobody reach {host}"
            raise PermissionError(msg)

    note(arguments=sys.orig_argv, environment=sorted(os.environ))
    sys.addaudithook(hook)


if FOLDER in os.environ:
    guard(Path(os.environ[FOLDER]))
