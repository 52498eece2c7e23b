"""`powertrader ledger`: check, show, explain and export what the trader remembers; never changes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from powertrader.cli import exit_codes
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, sources_from
from powertrader.cli.output import emit_json, people

if TYPE_CHECKING:
    from powertrader.core.paths import HomePaths
    from powertrader.models.types import Environment
    from powertrader.persistence.ledger_segments import LedgerReader

app = typer.Typer(
    no_args_is_help=True,
    help="Check, show, explain and export what the trader has stored; also while it runs.",
)

Mode = Annotated[
    Literal["paper", "demo", "testnet", "live"] | None,
    typer.Option("--mode", help="Whose ledger; else the mode of the settings."),
]
Account = Annotated[
    str | None, typer.Option("--account", help="Name of the account; else the only one of the mode.")
]


@dataclass(frozen=True, slots=True)
class _Named:
    """One ledger: its name, its folder, what reads it, and the asset its coins are paid in.

    decisions is the folder of what was decided on each day.
    """

    name: str
    folder: Path
    decisions: Path
    reader: "LedgerReader"
    quote: str

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was ever stored."""
        return not self.reader.segments()


def _named(
    home: Path | None, config: list[Path] | None, mode: "Environment | None", account: str | None
) -> _Named:
    from powertrader.core.config_sources import load_config  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.paths import find_home, paths_of  # noqa: PLC0415  only with settings
    from powertrader.core.storage import FileStore  # noqa: PLC0415  as above
    from powertrader.persistence.ledger_segments import LedgerReader  # noqa: PLC0415  as above

    settings = load_config(sources_from(home, config)).config
    paths = paths_of(find_home(home), settings.paths.main_neural_dir)
    chosen = settings.trading.mode if mode is None else mode
    name = account or only_account(paths, chosen)
    folder = paths.ledger(chosen, name)
    decisions = paths.decision_folder(chosen, name)
    reader = LedgerReader(folder, FileStore())
    return _Named(f"{chosen}-{name}", folder, decisions, reader, settings.trading.quote_asset)


def only_account(paths: "HomePaths", mode: "Environment") -> str:
    """Give the account of the mode that has a ledger, else `default`. Raises ConfigError on several."""
    from powertrader.core.exceptions import ConfigError  # noqa: PLC0415  only with settings

    pattern = paths.ledger(mode, "*")
    found = sorted(path.name.removeprefix(f"{mode}-") for path in pattern.parent.glob(f"{mode}-*/"))
    names = [name for name in found if not Path(name).suffix]
    if "default" in names or not names:
        return "default"
    if len(names) > 1:
        msg = f"{mode} has the accounts {', '.join(names)}: say which one with --account NAME"
        raise ConfigError(msg)
    return names[0]


def _tell_empty(ledger: _Named) -> None:
    people().print(f"The ledger {ledger.name} is empty: nothing was stored in {ledger.folder} yet.")


@app.command()
def verify(
    *,
    mode: Mode = None,
    account: Account = None,
    home: Home = None,
    config: ConfigFiles = None,
    as_json: JsonFlag = False,
) -> int:
    """Read every entry and check that none was changed, lost, added or moved; exit code 1 if one was."""
    from powertrader.core.storage import FileStore  # noqa: PLC0415  only with settings
    from powertrader.persistence.ledger_check import check_ledger  # noqa: PLC0415  as above

    ledger = _named(home, config, mode, account)
    check = check_ledger(ledger.folder, FileStore())
    if as_json:
        emit_json(
            {
                "ledger": ledger.name,
                "folder": str(ledger.folder),
                "ok": check.damage is None,
                "entries": check.entries,
                "segments": check.segments,
                "head": check.digest,
                "unfinished_bytes": check.unfinished,
                "damage": None if check.damage is None else str(check.damage),
            }
        )
    elif check.damage is not None:
        people().print(f"Damaged: {check.damage}", soft_wrap=True)
        people().print(f"The {check.entries} entries before it are as they were stored.")
    elif ledger.is_empty:
        _tell_empty(ledger)
    else:
        entries = f"{check.entries:,} {'entry' if check.entries == 1 else 'entries'}"
        files = f"{check.segments:,} {'file' if check.segments == 1 else 'files'}"
        people().print(
            f"All well: {entries} in {files}, as stored; the last has the hash {check.digest}.",
            soft_wrap=True,
        )
    return exit_codes.OK if check.damage is None else exit_codes.DIFFERENT


@app.command()
def show(
    *,
    last: Annotated[int, typer.Option("--last", min=0, help="How many of the newest events.")] = 20,
    mode: Mode = None,
    account: Account = None,
    home: Home = None,
    config: ConfigFiles = None,
    as_json: JsonFlag = False,
) -> int:
    """Show the newest events in plain words, positions, open orders, halts, and where the money is."""
    from powertrader.cli.ledger_view import show_ledger, shown_as_json  # noqa: PLC0415  only with settings

    ledger = _named(home, config, mode, account)
    if as_json:
        emit_json({"ledger": ledger.name, **shown_as_json(ledger.reader, last, ledger.quote)})
    elif ledger.is_empty:
        _tell_empty(ledger)
    else:
        show_ledger(people(), ledger.reader, last, ledger.quote)
    return exit_codes.OK


@app.command()
def explain(
    what: Annotated[
        str, typer.Argument(help="A coin such as BTC, or an order's number, ours or the exchange's.")
    ],
    *,
    replay: Annotated[
        bool, typer.Option("--replay", help="Make the newest decision on the coin once more.")
    ] = False,
    at: Annotated[str | None, typer.Option("--at", help="With --replay: the time of the decision.")] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="With --replay: what if a rule, bid, ask, long or short had been this; repeatable.",
        ),
    ] = None,
    mode: Mode = None,
    account: Account = None,
    home: Home = None,
    config: ConfigFiles = None,
    as_json: JsonFlag = False,
) -> int:
    """Tell the whole story of an order or a coin, sentence by sentence; exit code 1 when there is none.

    Of a coin also the newest decision, with each gate and its numbers: why it was or was not traded. With
    --replay the rules decide once more on what was recorded; exit code 1 when something else comes out.
    """
    from powertrader.cli.decision_view import decision_lines  # noqa: PLC0415  as below
    from powertrader.cli.ledger_view import story_of  # noqa: PLC0415  only with settings
    from powertrader.core.decision_log import newest_decisions  # noqa: PLC0415  as above
    from powertrader.core.record_codec import encode  # noqa: PLC0415  as above
    from powertrader.core.storage import FileStore  # noqa: PLC0415  as above

    ledger = _named(home, config, mode, account)
    if replay:
        return _replay(ledger, what.strip().upper(), at, changes or (), as_json=as_json)
    _refuse_alone(at, changes)
    story = story_of(ledger.reader.events(), what)
    decisions = newest_decisions(ledger.decisions, FileStore(), what.strip().upper())
    is_known = bool(story) or any(record.coin for record in decisions)
    if as_json:
        found = [encode(record) for record in decisions]
        emit_json({"ledger": ledger.name, "about": what, "story": story, "decisions": found})
        return exit_codes.OK if is_known else exit_codes.DIFFERENT
    if not is_known and ledger.is_empty:
        _tell_empty(ledger)
    elif not is_known:
        people().print(f"The ledger {ledger.name} has no order and no coin {what!r}.")
    lines = [f"{time}  {sentence}" for time, sentence in story]
    for line in (*lines, *[text for record in decisions for text in decision_lines(record)]):
        people().print(line, soft_wrap=True, markup=False)
    return exit_codes.OK if is_known else exit_codes.DIFFERENT


def _refuse_alone(at: str | None, changes: list[str] | None) -> None:
    if at is not None or changes:
        msg = "--at and --set say what is made again: add --replay"
        raise typer.BadParameter(msg)


def _replay(ledger: _Named, coin: str, at: str | None, changes: Sequence[str], *, as_json: bool) -> int:
    from powertrader.cli import decision_repeat  # noqa: PLC0415  only with settings
    from powertrader.core.record_codec import encode  # noqa: PLC0415  as above

    found = decision_repeat.repetitions(ledger.decisions, coin, at, changes)
    if as_json:
        repeated = [encode(one) for one in found]
        emit_json({"ledger": ledger.name, "coin": coin, "quote": ledger.quote, "repeated": repeated})
    else:
        for one in found:
            for line in decision_repeat.repetition_lines(one, ledger.quote):
                people().print(line, soft_wrap=True, markup=False)
    return exit_codes.DIFFERENT if any(one.same is False for one in found) else exit_codes.OK


@app.command()
def export(
    *,
    out: Annotated[Path, typer.Option("--out", help="File to write (csv, jsonl), or folder (original).")],
    form: Annotated[
        Literal["csv", "original", "jsonl"],
        typer.Option(
            "--format",
            help="csv: the trades. jsonl: every event. original: trade_history.jsonl and pnl_ledger.json.",
        ),
    ] = "csv",
    mode: Mode = None,
    account: Account = None,
    home: Home = None,
    config: ConfigFiles = None,
    as_json: JsonFlag = False,
) -> int:
    """Write the trades or every event for other programs; files that exist are replaced."""
    from powertrader.cli.ledger_view import export_to  # noqa: PLC0415  only with settings

    ledger = _named(home, config, mode, account)
    written = export_to(ledger.reader.events(), form, out)
    if as_json:
        emit_json(
            {"ledger": ledger.name, "format": form, "files": {str(path): rows for path, rows in written}}
        )
    else:
        for path, rows in written:
            people().print(f"{path}: {rows} rows", soft_wrap=True, markup=False)
    return exit_codes.OK
