"""`powertrader migrate`: over from an existing PowerTrader_AI folder, which is only read."""

from pathlib import Path
from typing import Annotated

import typer

from powertrader.cli import exit_codes
from powertrader.cli.home_advice import with_home
from powertrader.cli.options import ConfigFiles, Home, JsonFlag, Overrides, sources_from
from powertrader.cli.output import emit_json, people


def migrate(
    folder: Annotated[Path, typer.Argument(help="The PowerTrader_AI folder; it is only read.")],
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done; write nothing.")
    ] = False,
    keys: Annotated[
        bool, typer.Option("--keys", help="Also put b_key.txt and b_secret.txt into the system's keyring.")
    ] = False,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Where this home has its own, take the original's; ours goes aside."),
    ] = False,
    home: Home = None,
    config: ConfigFiles = None,
    settings: Overrides = None,
    as_json: JsonFlag = False,
) -> int:
    """Import what an original installation has learnt, traded and set; a repeat changes nothing.

    docs/MIGRATION.md leads through it. Exit code 1 when something could not be taken over.
    """
    from powertrader.core.clock import SystemClock  # noqa: PLC0415  `powertrader --help` must not pay for it
    from powertrader.core.config_sources import read_sources  # noqa: PLC0415  pydantic is slow to import
    from powertrader.core.paths import find_home, paths_of  # noqa: PLC0415  only with settings
    from powertrader.core.storage import FileStore  # noqa: PLC0415  as above
    from powertrader.migration.report import report_lines, report_values  # noqa: PLC0415  numpy is slow
    from powertrader.migration.run import Wanted  # noqa: PLC0415  as above
    from powertrader.migration.run import migrate as run  # noqa: PLC0415  as above

    loaded = read_sources(sources_from(home, config, settings))
    paths = paths_of(find_home(home), loaded.config.paths.main_neural_dir)
    wanted, now = Wanted(folder, dry_run, keys, replace), SystemClock().now()
    done = run(wanted, paths, now)
    lines, values = report_lines(done, wanted, now), report_values(done, wanted)
    text_file = paths.migration_results / "report.txt"
    if not dry_run and (done.changed or not text_file.exists()):
        store = FileStore()
        store.write_text(text_file, "\n".join((f"{now:%Y-%m-%d %H:%M} UTC", *lines, "")))
        store.write_json(text_file.with_suffix(".json"), {"at": now.isoformat(), **values})
    if as_json:
        emit_json(values)
    people().print(with_home("\n".join(lines), home), markup=False, soft_wrap=True)
    return exit_codes.DIFFERENT if done.problems else exit_codes.OK
