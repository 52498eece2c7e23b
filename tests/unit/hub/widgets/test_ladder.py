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
    words, price = [one for one in ladder.find_all() if ladder.type(one) == "text"]
    return ladder, words, price


def test_a_line_with_room_has_all_its_words_and_its_weight(root: tk.Tk) -> None:
    ladder, words, price = drawn(root, 400)
    assert ladder.itemcget(words, "text") == LINE.name
    assert ladder.itemcget(words, "font") == ladder.itemcget(price, "font") == "TkHeadingFont"


def test_a_price_is_never_written_over(root: tk.Tk) -> None:
    ladder, words, price = drawn(root, 190)
    assert ladder.itemcget(words, "text").endswith("…")
    assert ladder.itemcget(price, "text") == LINE.price
    assert ladder.bbox(words)[2] <= ladder.bbox(price)[0]
