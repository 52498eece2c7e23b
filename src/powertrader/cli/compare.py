"""`powertrader compare`: recorded runs of the original scripts, or the scripts themselves, against ours."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from powertrader.cli import exit_codes
from powertrader.cli.compare_words import finding_lines
from powertrader.cli.output import people

if TYPE_CHECKING:
    from rich.console import Console

    from powertrader.parity.report import CaseResult
    from powertrader.parity.safe import SafeResult


def compare(
    *,
    vectors: Annotated[
        Path | None, typer.Option(help="Folder with recorded cases, searched with its subfolders.")
    ] = None,
    original: Annotated[
        Path | None,
        typer.Option(help="Folder with your own pt_trainer.py, pt_thinker.py, pt_trader.py: run them too."),
    ] = None,
    compat: Annotated[
        str, typer.Option(help="original: must be equal. safe: list what differs, and why.")
    ] = "original",
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Also write the result to this file.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option(help="With --original: only trainer, thinker or trader; repeatable.")
    ] = None,
    cases: Annotated[
        int, typer.Option(min=0, help="With --original: made-up scenarios of each script besides.")
    ] = 5,
    seed: Annotated[int, typer.Option(min=0, help="With --original: first seed of the made-up ones.")] = 1,
    candles: Annotated[
        Path | None, typer.Option(help="With --original: folder with candle files of your own, also used.")
    ] = None,
    with_long: Annotated[
        bool, typer.Option("--long", help="With --original: also the cases that take very long.")
    ] = False,
    time_limit_s: Annotated[
        float,
        typer.Option("--time-limit", min=1, help="With --original: seconds that one run may take."),
    ] = 300.0,
) -> int:
    """Run recorded cases of the original scripts through our code and show every difference.

    With --original the scripts themselves run as well, unchanged, in throw-away folders and without network.
    Exit code 1 when one differs (compat=original), or differs without a deviation id (compat=safe).
    """
    if compat not in {"original", "safe"}:
        msg = f"--compat was {compat!r}, must be original or safe"
        raise typer.BadParameter(msg)
    is_safe = compat == "safe"
    if original is not None:
        from powertrader.cli.compare_original import Wanted, compare_with_original  # noqa: PLC0415  slow to import

        return compare_with_original(
            Wanted(
                original=original,
                vectors=vectors,
                made=(cases, seed),
                candles=candles,
                only=tuple(only or ()),
                with_long=with_long,
                time_limit_s=time_limit_s,
                is_safe=is_safe,
                json_file=json_file,
            )
        )
    if vectors is None:
        msg = "give --vectors with a folder of recorded cases, or --original with that of your own scripts"
        raise typer.BadParameter(msg)
    return (_compare_safe if is_safe else _compare_original)(vectors, json_file)


def _compare_original(vectors: Path, json_file: Path | None) -> int:
    from powertrader.parity.report import run_folder, summarise  # noqa: PLC0415  numba is slow to import

    console = people()
    results = []
    for result in run_folder(vectors):
        results.append(result)
        if not result.passed:
            _show_failure(console, result)
    summaries = summarise(results)
    for kind, summary in summaries.items():
        console.print(f"{kind:8} {summary.passed}/{summary.total} equal")
    if json_file is not None:
        _write_json(json_file, {kind: asdict(summary) for kind, summary in summaries.items()})
    return exit_codes.OK if all(result.passed for result in results) else exit_codes.DIFFERENT


def _compare_safe(vectors: Path, json_file: Path | None) -> int:
    from powertrader.parity.safe import run_folder_safe  # noqa: PLC0415  numba is slow to import

    console = people()
    results = list(run_folder_safe(vectors))
    for result in results:
        for finding in result.findings:
            for line in finding_lines(result.case.id, finding):
                console.print(line, markup=False, soft_wrap=True)
    unexplained = [finding for result in results for finding in result.findings if not finding.deviation]
    console.print(
        f"{_differing(results)} of {len(results)} cases decide differently, {len(unexplained)} without an id"
    )
    if json_file is not None:
        _write_json(json_file, {result.case.id: [asdict(f) for f in result.findings] for result in results})
    return exit_codes.DIFFERENT if unexplained else exit_codes.OK


def _differing(results: "list[SafeResult]") -> int:
    return len([result for result in results if result.findings])


def _show_failure(console: "Console", result: "CaseResult") -> None:
    first = result.differences[0]
    console.print(
        f"{result.case.id} ({result.case.title}): {len(result.differences)} differences", markup=False
    )
    console.print(
        f"  {first.where}\n    recorded {first.expected}\n    ours     {first.actual}", markup=False
    )


def _write_json(path: Path, content: object) -> None:
    from powertrader.core.storage import FileStore  # noqa: PLC0415  only needed with --json

    FileStore().write_json(path, content)
