"""The small exchange of the tests behind real ports, in a thread of this process."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from powertrader.simexchange.admin import AdminApp
from powertrader.simexchange.app import ExchangeApp
from powertrader.simexchange.connections import Connections
from powertrader.simexchange.server import Ports, Served, run
from tests.exchange_server import AdminClient
from tests.unit.simexchange.cases import Case

TOKEN = "token-of-the-tests"  # noqa: S105  guards nothing


@dataclass
class Running:
    """A served exchange: the case behind it, its address, and its administration."""

    case: Case
    url: str
    admin: AdminClient
    admin_url: str


@contextmanager
def running(case: Case) -> Iterator[Running]:
    """Serve a case on free ports until the block ends."""
    connections = Connections()
    venue = ExchangeApp(case.exchange, connections)
    admin_app = AdminApp(case.exchange, venue.streams, TOKEN)
    served = Served(venue, admin_app, connections, case.exchange.stopping, case.exchange.keep_time)
    found: list[Ports] = []
    listens = threading.Event()

    def announce(ports: Ports) -> None:
        found.append(ports)
        listens.set()

    thread = threading.Thread(target=run, args=(served, 0, announce), daemon=True)
    thread.start()
    assert listens.wait(30)
    admin_url = f"{found[0].admin_url}/{TOKEN}"
    admin = AdminClient(admin_url)
    try:
        yield Running(case, found[0].url, admin, admin_url)
    finally:
        admin.ask("POST", "shutdown")
        admin.close()
        thread.join(30)
        case.exchange.close()
        assert not thread.is_alive()
