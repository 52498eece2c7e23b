"""What a demo says, as plain text: pure, for the live view, for pipes and for the summary."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from powertrader.cli.demo_watch import DemoRecord
from powertrader.models.order import Side
from powertrader.models.signal import HIGHEST_LEVEL, Signal
from powertrader.models.status import PositionStatus, TraderReport
from powertrader.models.trade import Trade
from powertrader.models.types import CoinSymbol
from powertrader.trader.words import words_for

BAR: Final = ("#", ".")


def bar(level: int) -> str:
    """Give a level of 0 to 7 as a bar and a number."""
    full, empty = BAR
    return full * level + empty * (HIGHEST_LEVEL - level) + f" {level}"


def signal_text(signal: Signal) -> str:
    """Give the levels of a signal as bars."""
    return f"LONG {bar(signal.long_level)}   SHORT {bar(signal.short_level)}"


def money(amount: float) -> str:
    """Give an amount of the quote asset."""
    return f"{amount:,.2f}"


def account_line(record: DemoRecord, asset: str, opening: float) -> str:
    """Say what the account is worth, and how often was traded."""
    total = equity(record)
    if total is None:
        return "Account  not opened yet"
    change = f" ({(total / opening - 1) * 100:+.2f} %)" if opening else ""
    profit = f"profit taken {record.book.realized_profit:+,.2f}"
    return f"Account  {money(total)} {asset}{change}, {profit}; {record.bought} bought, {record.sold} sold"


def equity(record: DemoRecord) -> float | None:
    """Give what the account is worth by the trader's newest report, None before the first."""
    status = None if record.report is None else record.report.status
    return None if status is None else status.total


def coin_lines(coin: CoinSymbol, record: DemoRecord) -> Iterator[str]:
    """Say of a coin its price and levels, what is held of it, and what was decided last."""
    position, signal = _position(coin, record.report), record.signals.get(coin)
    price = f"{position.ask:,.2f}" if position else "no price yet"
    yield f"{coin:5}{price:>14}   {_levels(coin, signal, record)}"
    if position is not None and position.quantity:
        yield f"      {_holding(position)}"
    verdict = _verdict(coin, record.report)
    if verdict:
        yield f"      {words_for(verdict)}"


def trade_text(trade: Trade, asset: str) -> str:
    """Give a trade as one line that fits 80 columns."""
    deed = words_for(trade.reason)
    price = "an unknown price" if trade.price is None else f"{trade.price:,.2f}"
    value = f"for {money(float(trade.value))} {asset}"
    if trade.side is Side.SELL and trade.realized_profit is not None:
        value = f"profit {trade.realized_profit:+,.2f} {asset}"
    return f"{trade.timestamp:%m-%d %H:%M}  {trade.coin} {deed} at {price}, {value}"


def market_time(record: DemoRecord) -> datetime | None:
    """Give the market's time as the workers last told it."""
    times = [signal.made_at for signal in record.signals.values()]
    if record.report is not None:
        times.append(record.report.market_at)
    return max(times, default=None)


def processes_line(states: Mapping[str, str], record: DemoRecord) -> str:
    """Say what each process does."""
    return ", ".join(
        f"{process} {'failing' if process in record.failures else state}" for process, state in states.items()
    )


def _levels(coin: CoinSymbol, signal: Signal | None, record: DemoRecord) -> str:
    if signal is None:
        return "trained, signal comes" if coin in record.patterns else "learning price patterns"
    return signal_text(signal)


def _holding(position: PositionStatus) -> str:
    trail = f", sells below {position.trail_line:,.2f}" if position.trail_active else ""
    line = "" if trail else f", trailing starts at {position.trail_line:,.2f}"
    stage = f", {position.stage} further buys" if position.stage else ""
    return f"holds {money(position.value)}, {position.gain_at_bid_pct:+.2f} %{stage}{trail}{line}"


def _position(coin: CoinSymbol, report: TraderReport | None) -> PositionStatus | None:
    status = None if report is None else report.status
    found = () if status is None else status.positions
    return next((position for position in found if position.coin == coin), None)


def _verdict(coin: CoinSymbol, report: TraderReport | None) -> str:
    return "" if report is None else dict(report.verdicts).get(coin, "")
