"""Windows over the main one."""

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from powertrader.hub.widgets.dialog import Answer, Dialog, ask
from tests.unit.hub.driving import below, settle, words_in


def buttons_of(window: tk.Misc) -> dict[str, ttk.Button]:
    return {str(one.cget("text")): one for one in below(window) if isinstance(one, ttk.Button)}


def test_a_dialog_opens_in_the_middle_of_its_window_and_on_the_screen(root: tk.Tk) -> None:
    root.geometry("800x600+100+50")
    settle(root)
    dialog = Dialog(root, "Title", size=(400, 300), least=(200, 100))
    dialog.open()
    settle(root)
    window = dialog.window
    assert (window.winfo_width(), window.winfo_height(), window.minsize()) == (400, 300, (200, 100))
    assert (window.winfo_rootx(), window.winfo_rooty()) == (300, 200)
    large = Dialog(root, "Title", size=(5000, 4000))
    large.open()
    settle(root)
    assert (large.window.winfo_width(), large.window.winfo_rootx()) == (root.winfo_screenwidth(), 0)


def test_the_main_window_can_be_used_while_a_dialog_is_open(root: tk.Tk) -> None:
    pressed: list[str] = []
    stop = ttk.Button(root, text="Stop", command=lambda: pressed.append("stop"))
    stop.pack()
    ask(root, "Title", "Sure?", [Answer("Yes"), Answer("No")])
    settle(root)
    stop.event_generate("<ButtonPress-1>", x=5, y=5)
    stop.event_generate("<ButtonRelease-1>", x=5, y=5)
    settle(root)
    assert pressed == ["stop"]
    assert root.tk.call("grab", "current") == ""


def test_a_question_closes_with_the_answer_that_was_pressed(root: tk.Tk) -> None:
    given: list[str] = []
    dialog = ask(
        root,
        "Title",
        "Sure?",
        [Answer("Yes", lambda: given.append("yes")), Answer("No", lambda: given.append("no"))],
    )
    settle(root)
    assert words_in(dialog.body) == ["Sure?"]
    buttons_of(dialog.window)["Yes"].invoke()
    assert (given, dialog.is_open) == (["yes"], False)


def test_escape_gives_the_last_answer_which_has_the_focus(
    root: tk.Tk, wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    given: list[str] = []
    dialog = ask(root, "Title", "Sure?", [Answer("Yes"), Answer("No", lambda: given.append("no"))])
    settle(root)
    assert str(root.tk.call("focus", "-lastfor", str(dialog.window))) == str(buttons_of(dialog.window)["No"])
    dialog.window.focus_force()
    settle(root)
    dialog.window.event_generate("<Escape>")
    wait_until(lambda: given == ["no"])
    assert not dialog.is_open


def test_tab_goes_through_the_body_and_then_the_buttons_from_the_left(root: tk.Tk) -> None:
    dialog = Dialog(root, "Title")
    cancel = dialog.button("Cancel", dialog.close)
    save = dialog.button("Save", dialog.close)
    first = dialog.button("First", dialog.close, left=True)
    entry = ttk.Entry(dialog.body)
    entry.pack()
    dialog.open(entry)
    settle(root)
    assert sorted([first, save, cancel], key=lambda one: one.winfo_rootx()) == [first, save, cancel]
    assert entry.tk_focusNext() in {save, first}
    assert save.tk_focusNext() is cancel
