"""The folder, the settings and the surroundings of a demo: new, closed to keys, and without a network."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.types import CoinSymbol

_CLOSED: Final = ("PT_", "BINANCE_", "CCXT_")
"""What begins so are settings, folders and keys of the user: none of the demo's business."""
_PREFIX: Final = "powertrader-demo-"
_SETTINGS: Final = """\
# Written by powertrader demo: a made-up market on this computer.
trading: {{mode: paper, coins: [{coins}]}}
exchange: {{url: "{url}", broker: binance, candles_from: kucoin}}
entry: {{start_allocation_pct: 0.5}}
trader: {{step_s: {step_s}}}
"""


@contextmanager
def demo_home(wanted: Path | None, *, keep: bool) -> Iterator[HomePaths]:
    """Give a new folder that is removed at the end, unless it was named or is to be kept.

    Raises ConfigError when the named folder has something in it or cannot be made.
    """
    if wanted is not None:
        yield HomePaths(_empty(wanted))
        return
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    try:
        yield HomePaths(root)
    finally:
        if not keep:
            shutil.rmtree(root, ignore_errors=True)


def write_settings(paths: HomePaths, coins: Sequence[CoinSymbol], url: str, step_s: float) -> None:
    """Write the settings that all workers of the demo read. Raises StorageError."""
    text = _SETTINGS.format(coins=", ".join(coins), url=url, step_s=step_s)
    FileStore().write_text(paths.trading_config, text)


def closed_environment(paths: HomePaths, given: Mapping[str, str] | None = None) -> dict[str, str]:
    """Give the environment of the demo's processes: its own home, no keys, no settings, no proxy."""
    around = os.environ if given is None else given
    kept = {name: value for name, value in around.items() if not is_closed(name)}
    return {**kept, "PT_HOME": str(paths.root)}


def is_closed(name: str) -> bool:
    """Tell whether a variable of the environment is kept from the demo."""
    upper = name.upper()
    return upper.startswith(_CLOSED) or upper.endswith("_PROXY")


def _empty(wanted: Path) -> Path:
    try:
        root = wanted.expanduser().resolve()
        root.mkdir(parents=True, exist_ok=True)
        used = any(root.iterdir())
    except (OSError, RuntimeError) as error:
        msg = f"--home {wanted} cannot be used: {error}; name a new folder"
        raise ConfigError(msg) from error
    if used:
        msg = f"--home {root} is not empty: a demo begins anew, name a new folder or leave --home out"
        raise ConfigError(msg)
    return root
