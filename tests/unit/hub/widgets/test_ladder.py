"""The ladder of prices: words give way to their price in a narrow place."""

import tkinter as tk

from powertrader.hub.widgets.ladder import Ladder, LadderLine
from tests.unit.hub.driving import settle

LINE = LadderLine("hollow", "DCA 1 next (-2.5%)", "$12,370.99", "black", is_strong=True)


def drawn(root: tk.Tk, width: int) -> tuple[Ladder, int, int]:
    """Give a ladder with one line, and its words and its price."""
    ladder = Ladder(root, fonts=("TkDefaultFont", "TkHeadingFont"))
    ladder.place(x=0, y=0, width=width, height=60)
    settle(root)
    ladder.show([LINE], background="white", rail="grey")
    words, price = [one for one in ladder.find_all() if "text" in (ladder.itemconfigure(one) or {})]
    return ladder, words, price


def told(ladder: Ladder, item: int, option: str) -> str:
    return str(ladder.tk.call(str(ladder), "itemcget", item, f"-{option}"))


def test_a_line_with_room_has_all_its_words_and_its_weight(root: tk.Tk) -> None:
    ladder, words, price = drawn(root, 400)
    assert told(ladder, words, "text") == LINE.name
    assert told(ladder, words, "font") == told(ladder, price, "font") == "TkHeadingFont"


def test_a_price_is_never_written_over(root: tk.Tk) -> None:
    ladder, words, price = drawn(root, 190)
    assert told(ladder, words, "text").endswith("…")
    assert told(ladder, price, "text") == LINE.price
    assert ladder.bbox(words)[2] <= ladder.bbox(price)[0]
