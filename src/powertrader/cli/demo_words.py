"""What a demo says, as plain lines of at most 80 characters: for its picture and for pipes."""

from collections.abc import Iterator
from typing import Final

from powertrader.cli.demo_watch import DemoRecord
from powertrader.cli.standing_view import level_bar, process_note, reason_text, trained_text
from powertrader.core.verdicts import words_for
from powertrader.models.order import Side
from powertrader.models.signal import Signal
from powertrader.models.snapshot import CoinView, ProcessState, Snapshot
from powertrader.models.status import PositionStatus
from powertrader.models.trade import Trade

WELL: Final = frozenset({ProcessState.RUNNING, ProcessState.STARTING, ProcessState.STOPPED})


def account_text(snapshot: Snapshot, record: DemoRecord) -> str:
    """Say what the account is worth, and how often was traded."""
    report = snapshot.trader
    if report is None or report.status is None:
        return "Account not opened yet"
    profit = f"realised {record.book.realized_profit:+,.2f}"
    total = f"Account {report.status.total:,.2f} {report.quote_asset}"
    return f"{total}, {profit}; purchases {record.bought}, sales {record.sold}"


def process_text(exchange: str, snapshot: Snapshot) -> str:
    """Say how each process is."""
    states = {"exchange": exchange} | {view.process: view.state.value for view in snapshot.processes}
    states.pop("supervisor", None)
    return ", ".join(f"{process} {state}" for process, state in states.items())


def trouble_lines(snapshot: Snapshot) -> Iterator[str]:
    """Say what is wrong with processes, nothing when all are well."""
    for view in snapshot.processes:
        if view.state not in WELL:
            yield f"{view.process} {view.state}: {process_note(view)}"


def coin_lines(view: CoinView) -> Iterator[str]:
    """Say of a coin its price and levels, what is held of it, and what was decided last."""
    position = view.position
    price = f"{position.ask:,.2f}" if position else "no price yet"
    yield f"{view.coin:5}{price:>14}   {_levels(view)}"
    if position is not None and position.quantity:
        yield f"      {_held_text(position)}"
    if view.signal is not None and not view.waiting:
        yield f"      {reason_text(view)}"


def signal_text(signal: Signal) -> str:
    """Give the levels of a signal as bars."""
    return f"LONG {level_bar(signal.long_level)}   SHORT {level_bar(signal.short_level)}"


def trade_text(trade: Trade, asset: str) -> str:
    """Give a trade as one line."""
    price = "an unknown price" if trade.price is None else f"{trade.price:,.2f}"
    deed = f"{trade.timestamp:%m-%d %H:%M}  {trade.coin} {words_for(trade.reason)}"
    if trade.side is Side.SELL and trade.realized_profit is not None:
        return f"{deed} at {price}, profit {trade.realized_profit:+,.2f} {asset}"
    return f"{deed}: {trade.value:,.2f} {asset} at {price}"


def _levels(view: CoinView) -> str:
    """Give the levels of a coin, or why it has none."""
    if view.signal is not None and not view.waiting:
        return f"{signal_text(view.signal)}, trained {_trained(view)}"
    if view.training.state == "TRAINING":
        done = view.training.progress_pct
        return "learns price patterns" + ("" if done is None else f", {done:.0f} %")
    return view.waiting or "no signal yet"


def _trained(view: CoinView) -> str:
    text = trained_text(view)
    return text if view.training.trained_at is None or view.training.age_s is None else f"{text} ago"


def _held_text(position: PositionStatus) -> str:
    line = "sells below" if position.trail_active else "trailing starts at"
    stage = f", {position.stage} further buys" if position.stage else ""
    gain = f"{position.gain_at_bid_pct:+.2f} %"
    return f"holds {position.value:,.2f}, {gain}{stage}, {line} {position.trail_line:,.2f}"
