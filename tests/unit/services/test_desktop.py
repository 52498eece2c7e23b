"""Desktop notices, on a real session bus with a desktop of our own that takes them."""

import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from powertrader.services.desktop import FailuresOnce

DESKTOP = """
import asyncio, json, sys
from dbus_fast.aio import MessageBus
from dbus_fast.constants import NameFlag
from dbus_fast.service import ServiceInterface, method

class Desktop(ServiceInterface):
    def __init__(self):
        super().__init__("org.freedesktop.Notifications")

    @method()
    def Notify(
        self, app: "s", new: "u", icon: "s", title: "s", words: "s", deeds: "as", hints: "a{sv}", ms: "i"
    ) -> "u":
        print(json.dumps([app, title, words]), flush=True)
        return 1

    @method()
    def GetServerInformation(self) -> "ssss":
        return ["test", "test", "1", "1.2"]

    @method()
    def GetCapabilities(self) -> "as":
        return ["body"]

async def main():
    bus = await MessageBus().connect()
    bus.export("/org/freedesktop/Notifications", Desktop())
    await bus.request_name("org.freedesktop.Notifications", NameFlag.NONE)
    print("ready", flush=True)
    await bus.wait_for_disconnect()

asyncio.run(main())
"""
linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a session bus of our own is started; only Linux has one"
)


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator["subprocess.Popen[str]"]:
    """A desktop on a session bus of its own; its output is the notices."""
    program = shutil.which("dbus-daemon")
    assert program, "dbus-daemon is missing; `python3 scripts/bootstrap.py setup --dev` installs it"
    command = [program, "--session", "--nofork", "--print-address=1", f"--address=unix:path={tmp_path}/bus"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as bus:
        assert bus.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.stdout.readline().strip())
        with subprocess.Popen(
            [sys.executable, "-c", DESKTOP], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        ) as made:
            assert made.stdout is not None
            assert made.stdout.readline() == "ready\n"
            yield made
            made.kill()
        bus.kill()


def send(*notices: tuple[str, str]) -> str:
    """Send notices from a process of its own, as a window is one; gives what it logged."""
    program = (
        "import sys; from powertrader.services.desktop import DesktopNotices; notices = DesktopNotices()\n"
        f"for title, words in {notices!r}: notices.send(title, words)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return found.stderr


@linux_only
def test_notices_reach_the_desktop_in_their_order(desktop: "subprocess.Popen[str]") -> None:
    bought = ("PowerTrader", "paper: bought 0.5 BTC for 21,000.00 USDT (entry)")
    crashed = ("PowerTrader needs a look", "trader crashed")
    send(bought, crashed)
    assert desktop.stdout is not None
    assert json.loads(desktop.stdout.readline()) == ["PowerTrader", *bought]
    assert json.loads(desktop.stdout.readline()) == ["PowerTrader", *crashed]


@linux_only
def test_a_computer_without_a_desktop_is_no_reason_to_fail(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert "this desktop shows no notices" in send(("PowerTrader", "trader crashed"))


def test_a_desktop_without_notices_is_told_of_once_in_a_line(caplog: pytest.LogCaptureFixture) -> None:
    library = logging.getLogger("a library that fails")
    library.addFilter(FailuresOnce())
    for _ in range(3):
        library.warning("Notification failed", exc_info=OSError("no bus"))
    library.warning("something else")
    told = [(record.getMessage(), record.exc_info) for record in caplog.records]
    assert told == [("this desktop shows no notices: no bus", None), ("something else", None)]
