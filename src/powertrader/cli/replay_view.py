"""What a person sees of a replay: the settings that matter, progress, every trade, the account at the end."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from powertrader.backtest.archive import Archive, make_folder, save
from powertrader.backtest.engine import ReplayCourse, ReplaySpan
from powertrader.backtest.request import ReplayRequest
from powertrader.backtest.summary import summary_of
from powertrader.bootstrap import Replay, build_replay
from powertrader.cli import exit_codes
from powertrader.cli.output import emit_json, people, plain_table, progress_bar, tell_made_up
from powertrader.cli.session import command_session
from powertrader.cli.stop import ctrl_c
from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_sources import ConfigSources, LoadedConfig
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.book import Book
from powertrader.models.candle import Candles
from powertrader.models.decision import DecisionRecord, Gate
from powertrader.models.money import fixed_text
from powertrader.models.order import Side
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol
from powertrader.trader.session import StepReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

STEPS_BETWEEN_UPDATES: Final = 25
COINS_SHOWN: Final = 8
"""More coins than these are told of in one word."""
TELLING_GATES: Final = frozenset({"long", "short", "dca level"})
"""Gates whose numbers are why a purchase was made; the others only did not forbid it."""


def run_and_show(request: ReplayRequest, sources: ConfigSources, home: Path | None, *, as_json: bool) -> int:
    """Run a replay, show it on stderr, save it, and give the exit code."""
    with command_session("replay", home, sources) as session:
        return _run(request, session.loaded.for_replay(), session.paths, as_json=as_json)


def _run(request: ReplayRequest, loaded: LoadedConfig, paths: HomePaths, *, as_json: bool) -> int:
    console = people()
    config = loaded.config
    candles = request.load(config)
    span = request.span(candles, config)
    _show_start(console, config, candles, span)
    if request.folder is None:
        tell_made_up(console, config.replay.seed)
    for note in loaded.notes:
        console.print(f"Note: {note}", style="yellow", markup=False, soft_wrap=True)
    replay = build_replay(config, candles, span)
    _train(console, replay, config.trading.coins)
    folder = make_folder(paths.results, "replay")
    started = perf_counter()
    course = _walk(console, replay, config, span)
    seconds = perf_counter() - started - course.training_s
    summary = summary_of(config, candles, span, course, replay.session.book)
    save(Archive(summary, course, replay.session.book, replay.ledger), folder, FileStore())
    speed = round(course.steps * len(candles) / seconds) if seconds else 0
    _show_end(console, summary, replay.session.book)
    trained = f"trained again in {course.training_s:.2f} s"
    console.print(f"{speed:,} coin-steps/s, {trained}; saved in {folder}", soft_wrap=True, markup=False)
    if not replay.session.book.trades:
        _show_why_not(console, course)
    if as_json:
        emit_json({**summary, "coin_steps_per_s": speed, "result_dir": str(folder)})
    return exit_codes.INTERRUPTED if course.interrupted else exit_codes.OK


def trade_line(trade: Trade, quote_asset: str, gates: Iterable[Gate] = ()) -> str:
    """Give a trade as one line: what, why, and what came of it when it was a sale.

    gates: what the coin stood before in that step; those that a purchase passed are its reason.
    """
    word = "buy " if trade.side is Side.BUY else "sell"
    amount = f"{trade.quantity:f} {trade.coin}"
    value = f"{trade.value:,.2f} {quote_asset}"
    line = f"{trade.timestamp:%Y-%m-%d %H:%M} {word} {amount:>15} at {_price(trade.price):>9} = {value:>14}"
    if trade.pnl_pct is not None and trade.realized_profit is not None:
        profit = f"profit {trade.realized_profit:+,.2f} after costs"
        return f"{line}  {trade.reason}: price {trade.pnl_pct:+.2f} % from the basis, {profit}"
    passed = [gate.text for gate in gates if gate.passed and gate.name in TELLING_GATES]
    return f"{line}  {trade.reason}" + (f": {', '.join(passed)}" if passed else "")


def _price(price: float | None) -> str:
    if price is None:
        return "?"
    return f"{price:,.2f}" if price >= 1 else f"{price:.6g}"


def _train(console: "Console", replay: Replay, coins: tuple[CoinSymbol, ...]) -> None:
    with progress_bar(console, "coins") as progress:
        task = progress.add_task("Training", total=len(coins), rate="")
        started = perf_counter()
        for done, coin in enumerate(replay.engine.train(coins), start=1):
            rate = f"{done / (perf_counter() - started):.1f}"
            progress.update(task, completed=done, rate=rate, description=f"Trained {coin}")
    replay.trainings.require(coins)
    for coin in coins[:COINS_SHOWN]:
        memories = replay.trainings(coin).memories
        learnt = ", ".join(f"{timeframe} {len(memory)}" for timeframe, memory in memories.items())
        console.print(f"{coin} learnt patterns: {learnt}", soft_wrap=True)
    for coin, failures in replay.trainings.failures.items():
        for reason in dict.fromkeys(failures.values()):
            console.print(f"{coin}: {reason}", style="yellow", markup=False, soft_wrap=True)


def _walk(console: "Console", replay: Replay, config: TradingConfig, span: ReplaySpan) -> ReplayCourse:
    with progress_bar(console, "steps") as progress, ctrl_c() as pressed:
        shown = _Shown(progress, replay, config.trading.quote_asset, replay.engine.count_steps(span))

        def go_on(report: StepReport) -> bool:
            shown.step(report)
            return not pressed

        return replay.engine.walk(span, config.rules, replay.session, go_on)


class _Shown:
    """How much of the walk a person has seen."""

    def __init__(self, progress: "Progress", replay: Replay, quote_asset: str, steps: int) -> None:
        self._progress = progress
        self._session = replay.session
        self._trades = replay.session.book.trades
        self._quote_asset = quote_asset
        self._task = progress.add_task("Trading", total=steps, rate="")
        self._started = perf_counter()
        self._steps = 0
        self._trades_shown = 0

    def step(self, report: StepReport) -> None:
        """Show what is new after a step."""
        self._steps += 1
        for trade in self._trades[self._trades_shown :]:
            line = trade_line(trade, self._quote_asset, self._session.why(trade.coin))
            self._progress.console.print(line, markup=False, soft_wrap=True)
        self._trades_shown = len(self._trades)
        if self._steps % STEPS_BETWEEN_UPDATES == 0:
            rate = f"{self._steps / (perf_counter() - self._started):,.0f}"
            text = f"Trading {report.at:%Y-%m-%d}"
            self._progress.update(self._task, completed=self._steps, rate=rate, description=text)


def _show_start(
    console: "Console", config: TradingConfig, candles: Mapping[CoinSymbol, Candles], span: ReplaySpan
) -> None:
    counts = [f"{coin} {len(columns):,}" for coin, columns in candles.items()]
    more = f" and of {len(counts) - COINS_SHOWN} more coins" if len(counts) > COINS_SHOWN else ""
    shown = ", ".join(counts[:COINS_SHOWN])
    console.print(f"Replay on paper: {shown} candles{more}; settings {config_hash(config)}", soft_wrap=True)
    console.print(
        f"Trains on what closed by {span.start:%Y-%m-%d %H:%M}, trades until {span.stop:%Y-%m-%d %H:%M} UTC, "
        f"trains again every {span.retrain_days} days",
        soft_wrap=True,
    )


def _show_end(console: "Console", summary: Mapping[str, object], book: Book) -> None:
    table = plain_table("Account on paper", ("",), ("",))
    for label, text in _figures(summary):
        table.add_row(label, text)
    console.print(table)
    show_open_positions(console, summary, book)
    if summary["interrupted"]:
        console.print(
            "Stopped by Ctrl-C after a whole step; the files hold what was done until then. "
            "Run the same command again for the whole replay: it gives the same trades and goes on.",
            style="yellow",
        )


def show_open_positions(console: "Console", summary: Mapping[str, object], book: Book) -> None:
    """Show what is held at the end, the largest first, and apart from it what sales left over."""
    found, rests = summary["open_positions"], book.rests
    known = found if isinstance(found, Mapping) else {}
    positions = {coin: position for coin, position in known.items() if coin not in rests}
    if rests:
        left = ", ".join(f"{fixed_text(one.quantity)} {coin}" for coin, one in rests.items())
        console.print(f"Left over of sales: {left}.", soft_wrap=True, markup=False)
    if not positions:
        return
    table = plain_table("Open positions", ("coin",), ("quantity", "cost", "DCA buys", "unrealised"))
    largest = sorted(positions.items(), key=lambda item: -float(item[1]["cost"]))
    for coin, position in largest[:COINS_SHOWN]:
        unrealised = f"{position['unrealized_profit']:+,.2f}"
        cost = f"{float(position['cost']):,.2f}"
        table.add_row(coin, position["quantity"], cost, str(position["stage"]), unrealised)
    console.print(table)
    if len(largest) > COINS_SHOWN:
        console.print(f"and {len(largest) - COINS_SHOWN} smaller ones, see result.json")


def _show_why_not(console: "Console", course: ReplayCourse) -> None:
    """Say of each coin what kept it from being bought when it came nearest, as nothing was traded at all."""
    nearest: dict[CoinSymbol, DecisionRecord] = {}
    for decision in course.decisions:
        before = nearest.get(decision.coin)
        if before is None or _passed(decision) >= _passed(before):
            nearest[decision.coin] = decision
    console.print("Nothing was traded. What was missing when it came nearest to a purchase:")
    for coin, decision in list(nearest.items())[:COINS_SHOWN]:
        missing = [gate.text for gate in decision.gates if not gate.passed]
        reason = "; ".join([decision.verdict, *missing])
        console.print(f"  {coin} {decision.at:%Y-%m-%d %H:%M}: {reason}", markup=False, soft_wrap=True)


def _passed(decision: DecisionRecord) -> int:
    return [gate.passed for gate in decision.gates].count(True)


def _figures(summary: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    asset = summary["quote_asset"]
    reasons = summary["trades_by_reason"]
    yield "Start", f"{summary['start_equity']:,.2f} {asset}"
    yield "End, open positions at the bid", f"{summary['final_equity']:,.2f} {asset}"
    yield "Return", f"{summary['return_pct']:+.2f} %"
    yield "Buying and holding instead", _percent(summary["buy_and_hold_pct"])
    yield "Deepest fall", f"{summary['max_drawdown_pct']:.2f} %"
    yield "Trades", f"{summary['buys']} bought, {summary['sells']} sold"
    if isinstance(reasons, Mapping):
        yield "by reason", "\n".join(f"{reason} {count}" for reason, count in reasons.items()) or "none"
    share = summary["win_rate_pct"]
    yield "Sales with a profit", f"{share:.2f} %" if isinstance(share, float) else "none"
    yield "Realised profit, after costs", f"{summary['realized_profit']:+,.2f} {asset}"
    yield "Unrealised profit", f"{summary['unrealized_profit']:+,.2f} {asset}"
    yield "Fees", f"{summary['fees']:,.2f} {asset}"
    yield "Config, data", f"{summary['config_hash']}, {summary['data_hash']}"
    yield "Program", str(summary["code_version"])


def _percent(value: object) -> str:
    return f"{value:+.2f} %" if isinstance(value, float) else "none"
