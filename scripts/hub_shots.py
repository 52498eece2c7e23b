"""Pictures of every screen of the window: hub_shots.py FOLDER [--coins 1,1000] [--screens classic,why] ...

Makes a home for each number of coins, opens the real window on it (on a screen of its own where there is
Xvfb) and saves NAME-COINS-PALETTE-WIDTHxHEIGHT.png for each screen, palette and size.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from contextlib import ExitStack
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
SIZES = "1280x720,1920x1080"
PALETTES = "classic,light,colour_blind"
SETTLE_MS = 150
PATIENCE_MS = 4000

if TYPE_CHECKING:
    from collections.abc import Iterator

    from powertrader.hub.app import HubWindow


def main(arguments: list[str]) -> int:
    """Take the pictures and give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--coins", default="1,1000")
    parser.add_argument("--sizes", default=SIZES)
    parser.add_argument("--palettes", default=PALETTES)
    parser.add_argument("--screens", default="")
    chosen = parser.parse_args(arguments)
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    chosen.folder.mkdir(parents=True, exist_ok=True)
    taken = 0
    with ExitStack() as stack:
        from tests.display import screen  # noqa: PLC0415  needs the checkout on the path first

        os.environ["DISPLAY"] = stack.enter_context(screen()) or os.environ.get("DISPLAY", "")
        for coins in map(int, chosen.coins.split(",")):
            home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            taken += _pictures(home, coins, chosen)
    print(f"{taken} pictures in {chosen.folder}")
    return 0 if taken else 1


def _pictures(home: Path, coins: int, chosen: argparse.Namespace) -> int:
    from powertrader.cli.hub_view import HubRequest, run_window  # noqa: PLC0415  as above
    from powertrader.cli.options import sources_from  # noqa: PLC0415  as above
    from powertrader.hub.screens import SCREENS  # noqa: PLC0415  as above
    from tests.bench.hub_home import Size, made  # noqa: PLC0415  as above

    few = Size(coins, points=5_000, trades=40) if coins < 100 else Size(coins)  # noqa: PLR2004  a small home
    made(home, few)
    screens = chosen.screens.split(",") if chosen.screens else list(SCREENS)
    shots = list(product(chosen.palettes.split(","), chosen.sizes.split(","), screens))
    names = [f"{name}-{coins}-{palette}-{size}.png" for palette, size, name in shots]

    def opened(window: HubWindow) -> None:
        _next(window, iter(zip(shots, names, strict=True)), chosen.folder)

    run_window(HubRequest(), sources_from(home), home, opened)
    return len(shots)


def _next(window: HubWindow, shots: Iterator[tuple[tuple[str, str, str], str]], folder: Path) -> None:
    """Take one picture after the other, each once everything in sight is drawn."""
    from powertrader.hub.palettes import PALETTES as KNOWN  # noqa: PLC0415  as above

    if window.view is None:
        # its first view brings the colours of the settings
        window.root.after(SETTLE_MS, _next, window, shots, folder)
        return
    found = next(shots, None)
    if found is None:
        window.close()
        return
    (palette, size, name), file = found
    if window.theme.palette is not KNOWN[palette]:
        window.theme.apply(KNOWN[palette])
    width, height = map(int, size.split("x"))
    # a geometry leaves out the menu bar
    window.root.geometry(f"{width}x{height - window.root.winfo_rooty()}+0+0")
    window.root.event_generate("<Motion>", warp=True, x=width - 1, y=1)
    window.show(name)

    def take(waited_ms: int) -> None:
        drawn = window.view is not None and window.scheduler.is_idle and not window.background.waiting
        if not drawn and waited_ms < PATIENCE_MS:
            window.root.after(SETTLE_MS, take, waited_ms + SETTLE_MS)
            return
        _save(folder / file, size)
        window.root.after(1, _next, window, shots, folder)

    window.root.after(SETTLE_MS, take, 0)


def _save(path: Path, size: str) -> None:
    from PIL import ImageGrab  # noqa: PLC0415  only the pictures need it

    width, height = map(int, size.split("x"))
    ImageGrab.grab((0, 0, width, height), xdisplay=os.environ["DISPLAY"]).save(path)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
