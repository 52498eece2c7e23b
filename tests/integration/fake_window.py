"""A window without a screen, to be killed: it starts a thinker and a training in the home it is given."""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from powertrader.core.clock import SystemClock
from powertrader.core.config_sources import ConfigSources
from powertrader.core.mailbox import Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.hub.ports import HubPorts
from powertrader.hub.supervision import Supervision

FAKE = Path(__file__).with_name("fake_town.py")
LOOK_S = 0.05


def program(home: Path, process: str, arguments: Sequence[str]) -> tuple[str, ...]:
    """Give the command line of a worker."""
    return (sys.executable, str(FAKE), process, str(home), *arguments)


def fake_ports(home: Path) -> HubPorts:
    """Give the ports of a window whose workers are of fake_town."""
    paths = HomePaths(home)
    store = FileStore(paths.data)
    return HubPorts(
        paths,
        Mailbox(store, paths),
        store,
        SystemClock(),
        ConfigSources(),
        program=partial(program, home),
    )


def main(home: Path) -> None:
    """Look after the workers until killed."""
    hand = Supervision(fake_ports(home))
    hand.step()
    hand.start("thinker")
    hand.train(["BTC"])
    while True:
        hand.step()
        time.sleep(LOOK_S)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
