"""The keyboard, beside what the tests of the window say of it."""

import sys
import tkinter as tk
from tkinter import ttk

import pytest

from powertrader.hub.commands.keys import bind_keys
from powertrader.hub.commands.registry import Commands
from tests.unit.hub.driving import settle


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Tk does so by itself elsewhere")
def test_control_a_selects_all_of_a_field(root: tk.Tk) -> None:
    bind_keys(root, Commands())
    entry = ttk.Entry(root)
    entry.insert(0, "0.005")
    entry.pack()
    settle(root)
    entry.focus_force()
    settle(root)
    entry.event_generate("<Control-a>")
    assert entry.tk.call("selection", "get") == "0.005"
