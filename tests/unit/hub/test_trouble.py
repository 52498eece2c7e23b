"""The window for what keeps the real one from opening."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.display import xdotool

ROOT = Path(__file__).resolve().parents[3]
LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="xdotool presses the keys")


def window_of(home: Path) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "powertrader", "hub", "--home", str(home)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True)


@LINUX
def test_unusable_settings_are_told_in_a_window_before_the_command_ends(display: str, tmp_path: Path) -> None:
    settings = tmp_path / "config" / "gui_settings.json"
    settings.parent.mkdir()
    settings.write_text('{"dca_multiplier": "much"}', encoding="utf-8")
    with window_of(tmp_path) as child:
        window = xdotool("search", "--sync", "--onlyvisible", "--name", "PowerTrader cannot open").split()[-1]
        xdotool("windowfocus", "--sync", window, "key", "Escape")
        assert child.stderr is not None
        said = child.stderr.read()
        assert child.wait(20) == 2
    assert "dca_multiplier" in said
    assert str(settings) in said


def test_without_a_screen_the_command_names_those_that_need_none(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    command = [sys.executable, "-m", "powertrader", "hub", "--home", str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    if sys.platform.startswith("linux"):
        assert found.returncode == 2
        assert "powertrader up" in found.stderr


@LINUX
def test_what_is_double_clicked_starts_the_window(tmp_path: Path) -> None:
    folder = tmp_path / "with blanks"
    (folder / "scripts").mkdir(parents=True)
    (folder / "scripts" / "bootstrap.py").write_text("import sys; print(sys.argv[1:])", encoding="utf-8")
    starter = folder / "PowerTrader.command"
    starter.write_bytes((ROOT / "PowerTrader.command").read_bytes())
    entry = (ROOT / "PowerTrader.desktop").read_text(encoding="utf-8")
    line = next(one.removeprefix("Exec=") for one in entry.splitlines() if one.startswith("Exec="))
    as_desktop = line.replace("%k", f"'{folder}/PowerTrader.desktop'")
    for command in (["sh", str(starter)], ["sh", "-c", as_desktop]):
        found = subprocess.run(command, capture_output=True, text=True, check=True)
        assert found.stdout == "['run', '--', 'hub']\n"
