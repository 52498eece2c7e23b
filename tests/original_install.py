"""A user's PowerTrader_AI folder, made from recorded runs of the originals, without their code."""

import functools
import hashlib
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from powertrader.parity.case import Case, load_case

RECORDED: Final = Path(__file__).parents[1] / "legacy" / "recorded"
THINKER_CASE: Final = RECORDED / "thinker" / "thinker_023_two_coins.json"
"""BTC and ETH with every memory, weight and threshold as the original's trainer wrote them."""
TRADER_CASE: Final = RECORDED / "trader" / "trader_fuzz_1.json.gz"
"""20 trades, a realised profit of 224.55 and three open positions."""
TRADES: Final = 20
PROFIT: Final = 224.55176250000136
POSITIONS: Final = ("BTC", "ETH", "XRP")
API_KEY: Final = "TheOriginalsKeyOfTheOriginalsUser0123456789"
API_SECRET: Final = "TheOriginalsSecretOfTheOriginalsUser9876543"  # noqa: S105  made up
SETTINGS: Final[Mapping[str, Any]] = {
    "main_neural_dir": "",
    "coins": ["BTC", "ETH"],
    "trade_start_level": 4,
    "start_allocation_pct": 0.7,
    "dca_multiplier": 2.0,
    "dca_levels": [-2.5, -5.0, -10.0],
    "max_dca_buys_per_24h": 2,
    "pm_start_pct_no_dca": 5.0,
    "pm_start_pct_with_dca": 2.5,
    "trailing_gap_pct": 0.5,
    "default_timeframe": "1hour",
    "candles_limit": 120,
    "hub_data_dir": "",
    "script_neural_runner2": "pt_thinker.py",
    "script_neural_trainer": "pt_trainer.py",
    "script_trader": "pt_trader.py",
    "auto_start_scripts": False,
}
SCRIPT: Final = "# stands where {name} of the original lies\n"


def write_install(root: Path, *, trained_at: float | None = None) -> Path:
    """Write an installation whose coins were trained at a time, else an hour ago; give its folder."""
    for name, text in (*learnt_files(trained_at).items(), *book_files().items()):
        write(root / name, text)
    for name in ("pt_hub.py", "pt_thinker.py", "pt_trader.py", "pt_trainer.py"):
        write(root / name, SCRIPT.format(name=name))
    write(root / "gui_settings.json", json.dumps(SETTINGS, indent=2))
    write(root / "b_key.txt", f"{API_KEY}\n")
    write(root / "b_secret.txt", f"{API_SECRET}\n")
    return root


def learnt_files(trained_at: float | None = None) -> dict[str, str]:
    """Give the files of two trained coins."""
    files = {name: text for name, text in _case(THINKER_CASE).inputs["files"].items() if _is_learnt(name)}
    stamp = str(int(time.time() - 3600 if trained_at is None else trained_at))
    for folder in ("", "ETH/"):
        files[f"{folder}trainer_last_training_time.txt"] = stamp
        files[f"{folder}trainer_last_start_time.txt"] = stamp
    return files


def book_files() -> dict[str, str]:
    """Give what the original's trader left in hub_data at the end of a recorded run."""
    files: dict[str, str] = {}
    for run in _case(TRADER_CASE).outputs["runs"]:
        for step in (run["init"], *run["ticks"]):
            for name, change in step["files"].items():
                if name.startswith("hub_data/"):
                    files[name] = _changed(files.get(name, ""), change)
    return files


def write(path: Path, text: str) -> None:
    """Write one file as the original does, folders included, line ends as given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def state_of(folder: Path) -> dict[str, tuple[str, int]]:
    """Give content fingerprint and modification time of every file and folder below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        found[path.relative_to(folder).as_posix()] = (content, path.stat().st_mtime_ns)
    return found


def contents_of(folder: Path) -> dict[str, bytes]:
    """Give every file below a folder with what it holds."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _changed(before: str, change: Mapping[str, Any]) -> str:
    if "append" in change:
        return before + "".join(f"{json.dumps(line)}\n" for line in change["append"])
    return change["text"] if "text" in change else json.dumps(change["json"], indent=2)


@functools.cache
def _case(path: Path) -> Case:
    return load_case(path)


def _is_learnt(name: str) -> bool:
    return "memor" in name or "threshold" in name
