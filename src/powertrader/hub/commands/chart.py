"""Commands of the chart that is in sight: a picture of it, and looking nearer or farther."""

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import filedialog
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.panel import PanelContext
from powertrader.hub.plot.chart_canvas import ZOOM_STEP, ChartCanvas
from powertrader.hub.plot.pictures import SUFFIXES, picture
from powertrader.hub.plot.scene import Scene, Words
from powertrader.hub.text import text

_KEY: Final = "chart.export"


def register_chart(context: PanelContext, canvas: Callable[[], ChartCanvas]) -> None:
    """Register what can be done with the chart that canvas gives."""

    def export(*, path: object = None, **_: object) -> None:
        chosen = str(path or ask_for_path(canvas()) or "")
        if chosen:
            save_picture(context, canvas(), with_suffix(Path(chosen)))

    def zoom(factor: float, **_: object) -> None:
        canvas().zoom(factor)

    def reset(**_: object) -> None:
        canvas().reset()

    context.commands.register("chart.export", export)
    context.commands.register("chart.zoom_in", partial(zoom, 1 / ZOOM_STEP))
    context.commands.register("chart.zoom_out", partial(zoom, ZOOM_STEP))
    context.commands.register("chart.reset", reset)


def ask_for_path(canvas: ChartCanvas) -> str:
    """Let the user say where the picture goes; empty when that was cancelled."""
    return filedialog.asksaveasfilename(
        parent=canvas.widget,
        title=text("charts.export_title"),
        defaultextension=SUFFIXES[0],
        initialfile=file_name(canvas.scene()),
        filetypes=[(text(f"charts.picture_{suffix[1:]}"), f"*{suffix}") for suffix in SUFFIXES],
    )


def file_name(scene: Scene) -> str:
    """Give a name for a picture from its title, such as BTC-1hour.png."""
    titles = [shape.text for shape in scene.shapes if isinstance(shape, Words) and shape.name == "title"]
    name = "-".join(re.findall(r"\w+", " ".join(titles)))
    return f"{name or 'chart'}{SUFFIXES[0]}"


def with_suffix(path: Path) -> Path:
    """Give a path that says which kind of picture it is; PNG where it did not."""
    return path if path.suffix.lower() in SUFFIXES else path.with_name(f"{path.name}{SUFFIXES[0]}")


def save_picture(context: PanelContext, canvas: ChartCanvas, path: Path) -> None:
    """Write what a canvas shows to a file, beside the window's work, and say how that went."""
    scene, store = canvas.scene(), context.ports.store

    def work() -> Path:
        store.write_bytes(path, picture(scene, path.suffix.lower()))
        return path

    def done(written: Path) -> None:
        context.say(text("charts.exported", path=written), "news")

    def failed(error: PowerTraderError) -> None:
        context.say(text("charts.export_failed", reason=error), "error")

    context.background.ask(f"{_KEY}.{path}", work, done, failed)
