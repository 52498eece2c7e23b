"""What a person sees of a demo: one picture that is renewed on a terminal, line by line elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from powertrader.cli.demo_exchange import DemoMarket
from powertrader.cli.demo_summary import DemoSummary
from powertrader.cli.demo_watch import DemoRecord
from powertrader.cli.demo_words import (
    account_text,
    coin_lines,
    process_text,
    signal_text,
    trade_text,
    trouble_lines,
)
from powertrader.cli.live_view import RecentLines, live_picture
from powertrader.cli.output import plain_table
from powertrader.models.snapshot import Snapshot

TRADES_SHOWN: Final = 8
"""With two coins the picture fits a terminal of 24 lines."""
EVERY_S: Final = 5.0
"""How often a line says how things stand where there is no picture."""
_LOG_LINES: Final = 2
_HOUR_S: Final = 3600


class DemoView:
    """Shows how a demo goes on."""

    def __init__(self, console: Console, market: DemoMarket, seconds: int | None, record: DemoRecord) -> None:
        """Bind what is shown, and where."""
        self._console = console
        self._market = market
        self._seconds = seconds
        self._record = record
        self._live: Live | None = None
        self._recent = RecentLines(_LOG_LINES)
        self._told: set[str] = set()
        self._trades = 0
        self._next_s = EVERY_S

    @contextmanager
    def shown(self, *, live: bool) -> Iterator[None]:
        """Say that nothing here is real, then show a picture until the block ends, or lines."""
        market, hours = self._market, self._market.speed // _HOUR_S
        self._console.print(
            "PAPER trading, demo with made-up prices: no money, no keys, no network", style="bold green"
        )
        self._console.print(
            f"Market {market.seed}, {hours} hours of it each second, {self._span}. Ctrl-C ends it."
        )
        if not live:
            yield
            return
        with live_picture(self._console, self._recent) as self._live:
            yield

    def show(self, snapshot: Snapshot, exchange: str, passed_s: float) -> None:
        """Show how things stand; exchange says how the local exchange is."""
        if self._live is None:
            self._tell(snapshot, exchange, passed_s)
        else:
            self._live.update(self.picture(snapshot, exchange, passed_s), refresh=True)

    @property
    def _span(self) -> str:
        return "until its window is closed" if self._seconds is None else f"for {self._seconds} s"

    def _passed(self, passed_s: float) -> str:
        if self._seconds is None:
            return f"{passed_s:.0f} s"
        return f"{min(passed_s, self._seconds):.0f} of {self._seconds} s"

    def picture(self, snapshot: Snapshot, exchange: str, passed_s: float) -> Group:
        """Give the picture, at most as many lines as the terminal has."""
        at = snapshot.market_at
        time = "the market opens" if at is None else f"market time {at:%Y-%m-%d %H:%M}"
        head = f"PAPER, made-up prices   {time}   {self._passed(passed_s)}"
        lines = [
            Text(head, style="bold green"),
            Text(account_text(snapshot, self._record), style="bold"),
            Text(process_text(exchange, snapshot), style="dim"),
            *[Text(line, style="red") for line in (*trouble_lines(snapshot), *self._recent.lines)],
            Text(""),
            *[Text(line) for view in snapshot.coins for line in coin_lines(view)],
            Text(""),
        ]
        trades = self._record.book.trades[-TRADES_SHOWN:]
        lines += [Text(trade_text(trade, self._market.quote_asset)) for trade in trades]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines[: self._console.size.height - 1])

    def _tell(self, snapshot: Snapshot, exchange: str, passed_s: float) -> None:
        """Print what is new as lines."""
        news = list(self._news(snapshot, exchange))
        if passed_s >= self._next_s:
            self._next_s += EVERY_S
            news.append(account_text(snapshot, self._record))
        for line in news:
            self._console.print(f"{passed_s:5.1f} s  {line}", markup=False, soft_wrap=True)

    def _news(self, snapshot: Snapshot, exchange: str) -> Iterator[str]:
        record = self._record
        said = [process_text(exchange, snapshot), *trouble_lines(snapshot)]
        said += [f"{coin} trained: {count:,} patterns" for coin, count in record.patterns.items()]
        for line in said:
            if line not in self._told:
                self._told.add(line)
                yield line
        for coin, signal in record.signals.items():
            if coin not in self._told:
                self._told.add(coin)
                yield f"{coin} has signals now: {signal_text(signal)}"
        for trade in record.book.trades[self._trades :]:
            yield trade_text(trade, self._market.quote_asset)
        self._trades = len(record.book.trades)


def show_summary(console: Console, summary: DemoSummary) -> None:
    """Print how it came out, and what is missing when it is not complete."""
    table = plain_table("What the demo did", ("",), ("",))
    for label, text in _figures(summary):
        table.add_row(label, text)
    console.print(table)
    for text in _missing(summary):
        console.print(text, style="yellow", markup=False, soft_wrap=True)


def _figures(summary: DemoSummary) -> Iterator[tuple[str, str]]:
    asset = summary.quote_asset
    yield "Coins trained", f"{summary.coins_trained} of {len(summary.coins)}, {summary.patterns:,} patterns"
    yield "Trainings", str(summary.trainings)
    yield "Signals seen", f"{summary.signals:,}"
    yield "Orders", str(summary.orders)
    yield "Positions bought and sold again", str(summary.trades_completed)
    yield "First complete trade after", _seconds(summary.seconds_to_first_trade)
    yield "Realised profit, after costs", f"{summary.realized_profit:+,.2f} {asset}"
    equity = summary.final_equity
    yield "Account, open positions at the bid", "unknown" if equity is None else f"{equity:,.2f} {asset}"
    yield "Market time at the end", summary.market_until or "unknown"


def _missing(summary: DemoSummary) -> Iterator[str]:
    longer = "give it longer, such as --seconds 120"
    if summary.coins_trained < len(summary.coins):
        yield f"Only {summary.coins_trained} of {len(summary.coins)} coins were trained in time: {longer}"
    if not summary.trades_completed:
        yield f"No coin was bought and sold again in time: {longer}"
    if summary.not_stopped:
        yield f"Did not end by themselves: {', '.join(summary.not_stopped)}"


def _seconds(seconds: float | None) -> str:
    return "none" if seconds is None else f"{seconds:.1f} s"
