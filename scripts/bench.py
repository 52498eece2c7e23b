"""Measure every speed claim and print it beside the figure: bench.py [GROUP] [--json FILE].

Exit code 1 when a claim does not hold or nothing was measured.
tests/bench/registry.py says how a claim is written.
"""

import argparse
import importlib.util
import json
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.bench.registry import Bench, Row

ROOT = Path(__file__).resolve().parent.parent
SPELLED_OUT_FROM = 1000


def benches(folder: Path, group: str | None) -> "Iterator[Bench]":
    """Give the benchmarks of all bench_*.py files of a folder, or those of one group."""
    from tests.bench.registry import benches_of  # noqa: PLC0415  needs the checkout on the path first

    for path in sorted(folder.glob("bench_*.py")):
        yield from (bench for bench in benches_of(_module(path)) if group in (None, bench.group))


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tests.bench.{path.stem}", path)
    if spec is None or spec.loader is None:
        msg = f"{path} cannot be imported"
        raise ImportError(msg)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def table_of(results: "list[tuple[str, Row]]") -> Table:
    """Lay the figures out for reading."""
    table = Table("group", "what", title=f"{os.cpu_count()} cores, Python {platform.python_version()}")
    table.add_column("measured", justify="right")
    table.add_column("claim")
    table.add_column("ok")
    for group, row in results:
        verdict = ("yes" if row.holds else "NO") if row.claim else ""
        table.add_row(group, row.what, shown(row), row.claim, verdict)
    return table


def shown(row: "Row") -> str:
    """Give a figure with four digits, large ones without a power of ten."""
    form = ",.0f" if abs(row.measured) >= SPELLED_OUT_FROM else ".4g"
    return f"{row.measured:{form}} {row.unit}".rstrip()


def write_json(path: Path, results: "list[tuple[str, Row]]") -> None:
    """Write the figures and the machine they were measured on; those with a key also by name."""
    rows = [{"group": group, **asdict(row), "claim": row.claim, "ok": row.holds} for group, row in results]
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    named = {row.key: row.measured for _, row in results if row.key}
    document = {**named, "machine": machine, "figures": rows}
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Measure, print, and give the exit code."""
    parser = argparse.ArgumentParser(description="Measure every speed claim.")
    parser.add_argument("group", nargs="?", help="only this group")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    parser.add_argument("--folder", type=Path, default=ROOT / "tests" / "bench", help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path[:0] = [str(ROOT), str(ROOT / "src")]
    results = []
    for bench in benches(options.folder, options.group):
        sys.stderr.write(f"{bench.group}: {bench.claimed.what}\n")
        results += [(bench.group, row) for row in bench.measure()]
    # a pipe has no width of its own; cutting the figures off would be worse than long lines
    Console(width=None if sys.stdout.isatty() else 140).print(table_of(results))
    if options.json is not None:
        write_json(options.json, results)
    if not results:
        sys.stderr.write(f"nothing measured: no benchmark of group {options.group!r}\n")
        return 1
    return 0 if all(row.holds for _, row in results) else 1


if __name__ == "__main__":
    raise SystemExit(main())
