"""`powertrader compare --original`: the user's own scripts beside our code, in words and as JSON."""

import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from powertrader.cli import exit_codes
from powertrader.cli.compare_words import finding_lines
from powertrader.cli.output import people
from powertrader.core.exceptions import ConfigError
from powertrader.core.paths import find_home

if TYPE_CHECKING:
    from rich.console import Console

    from powertrader.parity.case import Case
    from powertrader.parity.original_check import KindTotal, OriginalResult
    from powertrader.parity.original_tree import OriginalScripts

RECORDED: Final = ("legacy", "recorded")
_FIRST_SHOWN: Final = 3
_ONLY: Final = ("trainer", "thinker", "trader")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be compared on which scenarios, as the command line says it."""

    original: Path
    vectors: Path | None
    made: tuple[int, int]
    """How many made-up scenarios of each script, and the first seed."""
    candles: Path | None
    only: tuple[str, ...]
    with_long: bool
    time_limit_s: float
    is_safe: bool
    json_file: Path | None


def compare_with_original(wanted: Wanted) -> int:
    """Run every scenario through the scripts of a folder and through our code.

    Gives exit code 1 when something differs: with compat=original anything, with compat=safe what no
    deviation explains. Raises BadData when the folder holds no original script.
    """
    # numba is slow to import, and `powertrader --help` must not wait for it
    from powertrader.parity.original_check import check_case, summarise  # noqa: PLC0415  numba, as above
    from powertrader.parity.original_run import OriginalRunner  # noqa: PLC0415  numba, as above
    from powertrader.parity.original_tree import OriginalScripts  # noqa: PLC0415  numba, as above

    console = people()
    scripts = OriginalScripts.found_in(wanted.original)
    kinds = _kinds(wanted.only, scripts)
    for kind, digest in scripts.hashes.items():
        console.print(f"{kind:8} sha256 {digest}", soft_wrap=True)
    runner = OriginalRunner(scripts, wanted.time_limit_s)
    results: list[OriginalResult] = []
    with console.status("reading the scenarios") as shown:
        for case in _scenarios(wanted, kinds):
            shown.update(f"{len(results)} compared, now {case.id}")
            result = check_case(runner, case, is_safe=wanted.is_safe)
            results.append(result)
            _show(console, result, is_safe=wanted.is_safe)
    totals = summarise(results)
    for kind in kinds:
        _show_total(console, kind, totals[kind])
    if wanted.is_safe:
        found = [finding for result in results for finding in result.findings]
        unexplained = len([finding for finding in found if not finding.deviation])
        console.print(f"compat=safe decides {len(found)} times otherwise, {unexplained} without an id")
    if wanted.json_file is not None:
        _write_json(wanted.json_file, scripts, totals, results)
    if not results:
        console.print("nothing was compared: give --vectors, --cases above 0 or --candles")
        return exit_codes.DIFFERENT
    return exit_codes.OK if all(_holds(result, wanted) for result in results) else exit_codes.DIFFERENT


def _kinds(only: tuple[str, ...], scripts: "OriginalScripts") -> tuple[str, ...]:
    unknown = [kind for kind in only if kind not in _ONLY]
    if unknown:
        msg = f"--only was {unknown[0]!r}, must be one of {', '.join(_ONLY)}"
        raise ConfigError(msg)
    missing = [kind for kind in only if kind not in scripts.hashes]
    if missing:
        msg = f"{scripts.folder} holds no pt_{missing[0]}.py; leave out --only {missing[0]}"
        raise ConfigError(msg)
    return only or tuple(scripts.hashes)


def _scenarios(wanted: Wanted, kinds: tuple[str, ...]) -> Iterator["Case"]:
    from powertrader.parity.original_scenarios import (  # noqa: PLC0415  numba, as above
        candle_scenarios,
        made_scenarios,
        recorded_scenarios,
    )

    count, seed = wanted.made
    vectors = wanted.vectors or find_home(None).joinpath(*RECORDED)
    if wanted.vectors is not None or vectors.is_dir():
        yield from recorded_scenarios(vectors, kinds, with_long=wanted.with_long)
    yield from made_scenarios(count, seed, kinds)
    if wanted.candles is not None:
        yield from candle_scenarios(wanted.candles, kinds)


def _holds(result: "OriginalResult", wanted: Wanted) -> bool:
    if wanted.is_safe:
        return all(finding.deviation for finding in result.findings)
    return not result.differences


def _show(console: "Console", result: "OriginalResult", *, is_safe: bool) -> None:
    told = (line for finding in result.findings for line in finding_lines(result.case.id, finding))
    for line in told if is_safe else _differences_told(result):
        console.print(line, markup=False, soft_wrap=True)


def _differences_told(result: "OriginalResult") -> Iterator[str]:
    case = result.case
    for text in result.refused:
        yield f"{case.id}: the script tried {text}; that was refused"
    if result.differences:
        yield f"{case.id} ({case.title}): {len(result.differences)} differences"
    for difference in result.differences[:_FIRST_SHOWN]:
        yield f"  {difference.where}"
        yield f"    original {difference.expected}"
        yield f"    ours     {difference.actual}"


def _show_total(console: "Console", kind: str, total: "KindTotal") -> None:
    tally = total.tally
    close = f", {tally.equal_value} of them spelled otherwise" if tally.equal_value else ""
    console.print(
        f"{kind:8} {total.equal}/{total.total} scenarios equal: {tally.files} files{close}, "
        f"{tally.orders} orders compared in {tally.moments} moments"
    )


def _write_json(
    path: Path,
    scripts: "OriginalScripts",
    totals: Mapping[str, "KindTotal"],
    results: list["OriginalResult"],
) -> None:
    from powertrader.core.storage import FileStore  # noqa: PLC0415  only needed with --json

    content: dict[str, Any] = {
        "python": platform.python_version(),
        "scripts": {kind: {"sha256": digest} for kind, digest in scripts.hashes.items()},
        "summary": {kind: asdict(total) for kind, total in totals.items()},
        "scenarios": [_told(result) for result in results],
    }
    FileStore().write_json(path, content)


def _told(result: "OriginalResult") -> dict[str, Any]:
    return {
        "kind": result.case.kind,
        "id": result.case.id,
        "ends": list(result.ends),
        "refused": list(result.refused),
        "seconds": round(result.seconds, 3),
        "differences": [asdict(one) for one in result.differences],
        "findings": [asdict(one) for one in result.findings],
    }
