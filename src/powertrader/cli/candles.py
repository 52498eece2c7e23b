"""`powertrader candles`: look at candle files, make longer candles, change the format."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from powertrader.cli import exit_codes
from powertrader.cli.options import JsonFlag
from powertrader.cli.output import emit_json, people
from powertrader.core.exceptions import BadData, ConfigError
from powertrader.models.moment import iso_text, utc_of

if TYPE_CHECKING:
    from powertrader.market.candle_checks import Finding
    from powertrader.market.candle_files import CandleFile
    from powertrader.market.candle_name import CandleName
    from powertrader.models.candle import Candles

app = typer.Typer(
    no_args_is_help=True,
    help="Look at candle files, make longer candles, change the format (see docs/CANDLES.md).",
)

Source = Annotated[Path, typer.Argument(help="Candle file: .csv, .csv.gz, .parquet or .npz.")]
Target = Annotated[
    Path, typer.Argument(help="File to write, named like BTCUSDT-4h.npz; its suffix is the format.")
]
Unit = Annotated[
    Literal["s", "ms"] | None,
    typer.Option("--time-unit", help="What the times count in, where the header does not say open_time_ms."),
]
Repair = Annotated[
    bool,
    typer.Option(
        "--repair", help="Leave wrong rows out and sort the rest; gaps stay open. Says what was done."
    ),
]
Name = Annotated[
    str | None,
    typer.Option("--name", help="Whose candles, such as BTCUSDT-1h, where the file name does not say."),
]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the target if it exists.")]


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """One inspected file: what it holds, or why it holds nothing."""

    path: Path
    found: "CandleFile | None"
    error: str

    @property
    def is_usable(self) -> bool:
        """Tell whether the file can be read without repair."""
        return self.found is not None and not self.found.report.findings


@app.command()
def inspect(
    files: Annotated[list[Path], typer.Argument(help="Candle files.")],
    *,
    time_unit: Unit = None,
    repair: Repair = False,
    name: Name = None,
    as_json: JsonFlag = False,
) -> None:
    """Show rows, dates, gaps, duplicates, wrong rows and SHA-256; exit code 3 if a file needs repair."""
    looks = [_look(path, time_unit, name) for path in files]
    if as_json:
        emit_json({"files": [_look_as_json(look) for look in looks]})
    else:
        _show_looks(looks)
    accepted = all(look.found is not None if repair else look.is_usable for look in looks)
    if not accepted:
        raise typer.Exit(exit_codes.BAD_DATA)


@app.command()
def resample(
    source: Source,
    target: Target,
    *,
    to: Annotated[
        str, typer.Option("--to", help="Length of the new candles: 2h, 4h, 8h, 12h, 1d, 1w and others.")
    ],
    week_start: Annotated[
        str,
        typer.Option(
            help="Day on which weeks start, at 00:00 UTC: monday like Binance, thursday like KuCoin."
        ),
    ] = "monday",
    time_unit: Unit = None,
    repair: Repair = False,
    name: Name = None,
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> None:
    """Make longer candles in UTC; only closed ones are written."""
    from powertrader.market.candle_files import read_candles  # noqa: PLC0415  numpy is not for --help
    from powertrader.market.candle_name import INTERVALS_S, CandleName  # noqa: PLC0415  as above
    from powertrader.market.resample import Weekday, resample_counted  # noqa: PLC0415  as above

    if to not in INTERVALS_S:
        msg = f"--to was {to!r}, must be one of {', '.join(INTERVALS_S)}"
        raise ConfigError(msg)
    if week_start.upper() not in Weekday.__members__:
        msg = f"--week-start was {week_start!r}, must be one of {', '.join(Weekday.__members__).lower()}"
        raise ConfigError(msg)
    given = read_candles(source, unit=time_unit, repair=repair, name=_stated(name))
    wanted = CandleName(given.coin, given.quote, INTERVALS_S[to])
    made = resample_counted(given.candles, wanted.interval_s, week_start=Weekday[week_start.upper()])
    _write(target, made.candles, wanted, overwrite=overwrite)
    _report_written(target, given, made.candles, as_json=as_json, missing=made.missing)


@app.command()
def convert(
    source: Source,
    target: Target,
    *,
    time_unit: Unit = None,
    repair: Repair = False,
    name: Name = None,
    overwrite: Overwrite = False,
    as_json: JsonFlag = False,
) -> None:
    """Write the candles in another format; the target's suffix says which."""
    from powertrader.market.candle_files import read_candles  # noqa: PLC0415  numpy is not for --help
    from powertrader.market.candle_name import CandleName  # noqa: PLC0415  as above

    given = read_candles(source, unit=time_unit, repair=repair, name=_stated(name))
    same = CandleName(given.coin, given.quote, given.candles.interval_s)
    _write(target, given.candles, same, overwrite=overwrite)
    _report_written(target, given, given.candles, as_json=as_json, missing=0)


def _stated(name: str | None) -> "CandleName | None":
    from powertrader.market.candle_name import CandleName  # noqa: PLC0415  numpy is not for --help

    return None if name is None else CandleName.parse(name)


def _look(path: Path, time_unit: Literal["s", "ms"] | None, name: str | None) -> _Look:
    from powertrader.market.candle_files import read_candles  # noqa: PLC0415  numpy is not for --help
    from powertrader.market.candle_name import SUFFIXES, CandleName, format_of  # noqa: PLC0415  as above

    if not path.is_file():
        return _Look(path, None, f"{path} does not exist or is no file")
    if format_of(path) is None:
        return _Look(path, None, f"{path} has an unknown format, must be one of {', '.join(SUFFIXES)}")
    try:
        stated = CandleName.parse(path.name if name is None else name)
        return _Look(path, read_candles(path, unit=time_unit, repair=True, name=stated), "")
    except BadData as error:
        return _Look(path, None, str(error))


def _write(target: Path, candles: "Candles", wanted: "CandleName", *, overwrite: bool) -> None:
    from powertrader.market.candle_files import write_candles  # noqa: PLC0415  numpy is not for --help
    from powertrader.market.candle_name import CandleName, format_of  # noqa: PLC0415  as above

    suffix = format_of(target)
    try:
        named = CandleName.parse(target.name, (wanted.quote,))
    except BadData:
        named = None
    if suffix is None or named != wanted:
        msg = (
            f"target {target.name} does not say what it will hold, must be called {wanted}{suffix or '.csv'}"
        )
        raise ConfigError(msg)
    if target.exists() and not overwrite:
        msg = f"{target} exists; choose another name or state --overwrite"
        raise ConfigError(msg)
    write_candles(target, candles)


def _time(open_time_s: int) -> str:
    return iso_text(utc_of(open_time_s))


def _report_written(
    target: Path, given: "CandleFile", written: "Candles", *, as_json: bool, missing: int
) -> None:
    from powertrader.market.candle_files import content_sha256  # noqa: PLC0415  numpy is not for --help

    report = given.report
    if as_json:
        emit_json(
            {
                "target": str(target),
                "rows": report.rows,
                "candles": len(written),
                "missing_inside": missing,
                "content_sha256": content_sha256(written),
                "findings": [_finding_as_json(finding) for finding in report.findings],
                "notes": list(report.notes),
            }
        )
        return
    console = people()
    console.print(f"{target}: {len(written)} candles from {report.rows} rows", markup=False)
    if missing:
        console.print(f"  {missing} shorter candles were missing inside them", markup=False)
    for line in _remarks(given):
        console.print(f"  {line}", markup=False)


def _remarks(given: "CandleFile") -> list[str]:
    """Say what was found and done, one sentence each."""
    return [*map(str, given.report.findings), *given.report.notes]


def _finding_as_json(finding: "Finding") -> Mapping[str, object]:
    first = finding.first_open_time_s
    return {
        "kind": str(finding.kind),
        "count": finding.count,
        "first_row": finding.first_row,
        "first_open_time": None if first is None else _time(first),
        "problem": finding.problem,
        "remedy": finding.remedy,
    }


def _look_as_json(look: _Look) -> Mapping[str, object]:
    from powertrader.market.candle_files import content_sha256  # noqa: PLC0415  numpy is not for --help

    if look.found is None:
        return {"file": str(look.path), "usable": False, "error": look.error}
    candles, report = look.found.candles, look.found.report
    return {
        "file": str(look.path),
        "usable": look.is_usable,
        "coin": look.found.coin,
        "quote": look.found.quote,
        "interval_s": candles.interval_s,
        "rows": report.rows,
        "candles": len(candles),
        "first_open_time": _time(int(candles.open_time_s[0])),
        "last_open_time": _time(int(candles.open_time_s[-1])),
        "sha256": look.found.sha256,
        "content_sha256": content_sha256(candles),
        "findings": [_finding_as_json(finding) for finding in report.findings],
        "notes": list(report.notes),
    }


def _show_looks(looks: list[_Look]) -> None:
    from rich.markup import escape  # noqa: PLC0415  `powertrader --help` must not pay for rich
    from rich.table import Table  # noqa: PLC0415  as above

    console = people()
    for look in looks:
        if look.found is None:
            console.print(f"{look.path.name}: {look.error}", markup=False)
            continue
        table = Table(title=escape(look.path.name), title_justify="left", show_header=False)
        table.add_column()
        table.add_column(overflow="fold")
        for fact, value in _facts(look.found):
            table.add_row(fact, escape(value))
        console.print(table)
        for line in _remarks(look.found):
            console.print(f"  {line}", markup=False)


def _facts(found: "CandleFile") -> list[tuple[str, str]]:
    from powertrader.market.candle_checks import FlawKind, time_text  # noqa: PLC0415  numpy is not for --help

    candles, report = found.candles, found.report
    counted = (FlawKind.GAP, FlawKind.DUPLICATE, FlawKind.DISORDER)
    gaps, duplicates, disorder = (report.count(kind) for kind in counted)
    wrong = sum(finding.count for finding in report.findings if finding.kind not in counted)
    return [
        ("candles", f"{len(candles)} of {found.coin} in {found.quote}, {candles.interval_s} s each"),
        ("rows", str(report.rows)),
        ("first", time_text(int(candles.open_time_s[0]))),
        ("last", time_text(int(candles.open_time_s[-1]))),
        ("missing candles", str(gaps)),
        ("duplicates", str(duplicates)),
        ("out of order", str(disorder)),
        ("wrong rows", str(wrong)),
        ("sha256", found.sha256),
    ]
