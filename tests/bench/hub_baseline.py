"""The original's way to draw the same charts: matplotlib on a Tk canvas, measured for comparison.

Run by the Python of an environment that has matplotlib (ours has not): hub_baseline.py INPUT.npz ROUNDS.
Prints the seconds of each redraw as JSON. It stands alone: nothing of PowerTrader can be imported there.
As in the original there is one artist for each wick, body, trade and label.
"""

import json
import sys
import time
import tkinter as tk
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_tkagg import FigureCanvasTkAgg  # type: ignore[import-not-found]  # not installed here
from matplotlib.figure import Figure  # type: ignore[import-not-found]  # as above
from matplotlib.patches import Rectangle  # type: ignore[import-not-found]  # as above

BACK: Final = "#070B10"
PANEL: Final = "#0E1626"
MOST_POINTS: Final = 250
SIZE_IN: Final = (13, 6)
DPI: Final = 100


def candles(axes: Any, data: Any) -> None:
    """Draw candles, lines with labels, and trades."""
    for place, (opened, high, low, close) in enumerate(data["candles"]):
        colour = "green" if close >= opened else "red"
        axes.plot([place, place], [low, high], linewidth=1, color=colour)
        body = Rectangle(
            (place - 0.35, min(opened, close)), 0.7, abs(close - opened), facecolor=colour, alpha=0.9
        )
        axes.add_patch(body)
    for number, price in enumerate(data["lines"]):
        axes.axhline(price, linewidth=1.5, color="yellow", alpha=0.9)
        if number >= len(data["lines"]) - 5:
            axes.text(
                1.0, price, f"{price:,.2f}", transform=axes.get_yaxis_transform(), bbox={"facecolor": PANEL}
            )
    for place, price in data["trades"]:
        axes.scatter([place], [price], s=35, color="red")
        axes.annotate("BUY", (place, price), xytext=(0, 10), textcoords="offset points", fontsize=8)


def account(axes: Any, data: Any) -> None:
    """Draw the account from its whole history, with one artist and one label for each trade."""
    points = sorted(zip(data["times"].tolist(), data["values"].tolist(), strict=True))
    known = {at: round(value, 2) for at, value in points if value > 0}
    times, values = list(known), list(known.values())
    size = max(1, len(values) // MOST_POINTS)
    drawn = [(times[0], values[0])]
    for start in range(1, len(values) - 1, size):
        part = values[start : start + size]
        drawn.append((times[start + len(part) // 2], sum(part) / len(part)))
    drawn.append((times[-1], values[-1]))
    axes.plot([at for at, _ in drawn], [value for _, value in drawn], linewidth=1.5)
    for at, value in data["account_trades"]:
        axes.scatter([at], [value], s=30, color="red")
        axes.annotate("BTC BUY", (at, value), xytext=(0, 10), textcoords="offset points", fontsize=7)


def redraws_s(draw: Any, data: Any, rounds: int) -> list[float]:
    """Time redraws in a real window, the first left out."""
    root = tk.Tk()
    figure = Figure(figsize=SIZE_IN, dpi=DPI, facecolor=BACK)
    axes = figure.add_subplot(111, facecolor=PANEL)
    canvas = FigureCanvasTkAgg(figure, master=root)
    canvas.get_tk_widget().pack(fill="both", expand=True)
    root.update()
    taken = []
    for _ in range(rounds + 1):
        begun_s = time.perf_counter()
        axes.clear()
        draw(axes, data)
        canvas.draw()
        root.update()
        taken.append(time.perf_counter() - begun_s)
    root.destroy()
    return taken[1:]


def main() -> None:
    """Measure both charts."""
    data, rounds = np.load(sys.argv[1]), int(sys.argv[2])
    figures = {"candles": redraws_s(candles, data, rounds), "account": redraws_s(account, data, rounds)}
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
