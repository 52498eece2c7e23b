"""What a person sees of a demo: one picture that is renewed on a terminal, line by line elsewhere."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from powertrader.cli.demo_exchange import DemoMarket
from powertrader.cli.demo_summary import DemoSummary
from powertrader.cli.demo_watch import DemoRecord
from powertrader.cli.demo_words import (
    account_line,
    coin_lines,
    market_time,
    money,
    processes_line,
    signal_text,
    trade_text,
)
from powertrader.cli.output import plain_table

TRADES_SHOWN: Final = 8
"""With two coins the picture fits a terminal of 24 lines."""
EVERY_S: Final = 5.0
"""How often a line says how things stand where there is no picture."""
_HOUR_S: Final = 3600


class DemoView:
    """Shows records as they come. opening is what the paper account began with."""

    def __init__(self, console: Console, market: DemoMarket, seconds: int, opening: float) -> None:
        """Bind what does not change."""
        self._console = console
        self._market = market
        self._seconds = seconds
        self._opening = opening
        self._live: Live | None = None
        self._told: set[str] = set()
        self._trades = 0
        self._next_s = EVERY_S

    @contextmanager
    def shown(self, *, live: bool) -> Iterator[None]:
        """Show a picture until the block ends, or lines."""
        self.tell_mode()
        if not live:
            yield
            return
        with Live(console=self._console, auto_refresh=False, redirect_stderr=False) as self._live:
            yield

    def tell_mode(self) -> None:
        """Say what is seen: nothing here is real."""
        market, console = self._market, self._console
        hours = market.speed // _HOUR_S
        console.print("PAPER trading, demo with made-up prices: no money, no keys, no network", style="bold")
        console.print(f"Market {market.seed}, {hours} hours of it each second, for {self._seconds} s")

    def show(self, record: DemoRecord, states: Mapping[str, str], passed_s: float) -> None:
        """Show how things stand."""
        if self._live is None:
            self._tell(record, states, passed_s)
        else:
            self._live.update(self._picture(record, states, passed_s), refresh=True)

    def _picture(self, record: DemoRecord, states: Mapping[str, str], passed_s: float) -> Group:
        now = market_time(record)
        time = "waiting for the market" if now is None else f"market time {now:%Y-%m-%d %H:%M}"
        lines = [
            Text(f"PAPER, made-up prices   {time}   {passed_s:.0f} of {self._seconds} s", style="bold green"),
            Text(account_line(record, self._market.quote_asset, self._opening)),
            Text(processes_line(states, record), style="red" if record.failures else "dim"),
            Text(""),
        ]
        for coin in self._market.coins:
            lines += [Text(line) for line in coin_lines(coin, record)]
        lines.append(Text(""))
        asset = self._market.quote_asset
        lines += [Text(trade_text(trade, asset)) for trade in record.book.trades[-TRADES_SHOWN:]]
        for line in lines:
            line.no_wrap, line.overflow = True, "ellipsis"
        return Group(*lines)

    def _tell(self, record: DemoRecord, states: Mapping[str, str], passed_s: float) -> None:
        """Print what is new as lines."""
        news = list(self._news(record, states))
        if passed_s >= self._next_s:
            self._next_s += EVERY_S
            news.append(account_line(record, self._market.quote_asset, self._opening))
        for line in news:
            self._console.print(f"{passed_s:5.1f} s  {line}", markup=False, highlight=False, soft_wrap=True)

    def _news(self, record: DemoRecord, states: Mapping[str, str]) -> Iterator[str]:
        said = [processes_line(states, record)]
        said += [f"{coin} trained: {count:,} patterns" for coin, count in record.patterns.items()]
        said += [f"{process}: {reason}" for process, reason in record.failures.items()]
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
    yield "Account, open positions at the bid", "unknown" if equity is None else f"{money(equity)} {asset}"
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
