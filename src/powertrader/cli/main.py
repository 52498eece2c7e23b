"""The `powertrader` command: every group is found here, and each error becomes an exit code."""

import os
import sys
from collections.abc import Sequence

import typer

from powertrader.cli import (
    backtest,
    candles,
    compare,
    compare_runs,
    config,
    cutover,
    demo,
    events,
    exchange,
    exit_codes,
    hub,
    keys,
    ledger,
    migrate,
    original_name,
    plugins,
    preflight,
    prepare,
    preview,
    profit,
    replay,
    shadow,
    status,
    stop_workers,
    sweep,
    switch_backend,
    think,
    thinker,
    trader,
    train,
    trainer,
    up,
    wishes,
)
from powertrader.core.exceptions import (
    BadData,
    ConfigError,
    ExchangeError,
    PowerTraderError,
    RateLimitError,
    RetryLater,
    StorageError,
)
from powertrader.core.local_address import where_to_look

app = typer.Typer(
    name="powertrader",
    help="Train price patterns, turn them into signals, and trade them: on paper unless you say otherwise.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    epilog="Exit codes: 0 done, 1 a check failed, 2 wrong usage or settings, 3 unusable files, "
    "4 the exchange refused, 130 stopped by Ctrl-C.",
)
app.command()(demo.demo)
app.command()(prepare.prepare)
app.command()(hub.hub)
app.command()(up.up)
app.command()(status.status)
app.command()(profit.profit)
app.command()(stop_workers.stop)
app.command()(replay.replay)
app.command()(backtest.backtest)
app.command()(sweep.sweep)
app.command()(preview.preview)
app.command()(compare_runs.compare_runs)
app.command()(train.train)
app.command()(trainer.trainer)
app.command()(think.think)
app.command()(thinker.thinker)
app.command()(trader.trader)
app.command()(preflight.preflight)
app.command()(wishes.pause)
app.command()(wishes.resume)
app.command()(wishes.sell)
app.command()(wishes.adopt)
app.command()(events.events)
app.command()(plugins.plugins)
app.command()(migrate.migrate)
app.command()(switch_backend.switch_backend)
app.command(hidden=True)(original_name.original_name)
app.command()(compare.compare)
app.command()(shadow.shadow)
app.command()(cutover.cutover)
app.add_typer(config.app, name="config")
app.add_typer(candles.app, name="candles")
app.add_typer(keys.app, name="keys")
app.add_typer(ledger.app, name="ledger")
app.add_typer(exchange.app, name="exchange")


def exit_code_of(error: PowerTraderError) -> int:
    """Give the exit code that an error is reported with."""
    if isinstance(error, ConfigError):
        return exit_codes.USAGE
    if isinstance(error, BadData | StorageError):
        return exit_codes.BAD_DATA
    if isinstance(error, ExchangeError):
        return exit_codes.VENUE
    return exit_codes.DIFFERENT


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and give its exit code; errors become one plain sentence on stderr."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        result = app(args=given or ["--help"], prog_name="powertrader", standalone_mode=False)
        sys.stdout.flush()
    except PowerTraderError as error:
        return _report(f"{error}{_advice(error)}", exit_code_of(error))
    except typer.TyperException as error:
        named: str = getattr(getattr(error, "ctx", None), "command_path", "powertrader")
        reason = error.format_message().rstrip(".").replace(": Value error, ", ": ")
        text = f"{reason}; `{named} --help` shows what is possible"
        return _report(text, exit_codes.USAGE)
    except (KeyboardInterrupt, typer.Abort):
        return _report("stopped; the files that exist are complete", exit_codes.INTERRUPTED)
    except OSError as error:
        return _unwritable(error)
    return result if isinstance(result, int) else exit_codes.OK


def _advice(error: PowerTraderError) -> str:
    # a venue that asked for a pause did answer
    offline = isinstance(error, RetryLater) and not isinstance(error, RateLimitError)
    return f"; {where_to_look(str(error))}" if offline else ""


def _unwritable(error: OSError) -> int:
    """End without a traceback; a reader that closed its pipe has had enough and is told nothing."""
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  a device, no path of ours
        # what is still buffered would fail once more when the interpreter ends
        os.dup2(nowhere.fileno(), sys.__stdout__.fileno() if sys.__stdout__ else 1)
    if isinstance(error, BrokenPipeError):
        return exit_codes.DIFFERENT
    what = "standard output" if error.filename is None else error.filename
    return _report(f"{what} cannot be used: {error.strerror or error}", exit_codes.BAD_DATA)


def _report(text: str, exit_code: int) -> int:
    sys.stderr.write(f"powertrader: {text}\n")
    return exit_code
