"""focused: the widget with the focus, also when Python does not know it."""

import tkinter as tk

from powertrader.hub.widgets.focus import focused
from tests.unit.hub.driving import settle


def test_a_widget_that_tk_made_itself_is_nobody(root: tk.Tk) -> None:
    field = tk.Entry(root)
    field.pack()
    field.focus_force()
    settle(root)
    assert focused(root) is field
    # a menu bar is a copy of the menu, and the list of a combobox is a window of Tk's own
    root.tk.eval("toplevel .made_by_tk; focus -force .made_by_tk")
    settle(root)
    assert focused(root) is None
