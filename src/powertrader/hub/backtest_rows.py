"""Backtests as rows of tables: earlier runs, figures, settings and trades, also beside another run."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from powertrader.core.config import NOT_HASHED
from powertrader.core.config_draft import text_of
from powertrader.core.config_keys import settings
from powertrader.hub.backtest_runs import BacktestRun, RunTrade
from powertrader.hub.journal_rows import reason_text
from powertrader.hub.price_text import UNKNOWN, money_text, percent_text, price_text, quantity_text, trimmed
from powertrader.hub.settings_words import title_of
from powertrader.hub.text import text
from powertrader.hub.time_text import minute_text
from powertrader.hub.widgets.table_model import Row
from powertrader.models.moment import utc_of

RUN_WIDTHS: Final = (
    ("made", 128),
    ("coins", 110),
    ("days_column", 56),
    ("return", 78),
    ("fall", 78),
    ("trades", 62),
)
TRADE_WIDTHS: Final = (
    ("time", 130),
    ("coin", 64),
    ("side", 60),
    ("price", 96),
    ("quantity", 104),
    ("value", 90),
    ("fee", 70),
    ("reason_column", 120),
    ("stage", 56),
    ("gain", 76),
    ("profit", 90),
)
FIGURES: Final = (
    ("final_equity", "money"),
    ("return_pct", "percent"),
    ("cagr_pct", "percent"),
    ("buy_and_hold_pct", "percent"),
    ("max_drawdown_pct", "fall"),
    ("underwater_days", "days"),
    ("sharpe", "plain"),
    ("sortino", "plain"),
    ("calmar", "plain"),
    ("buys", "count"),
    ("sells", "count"),
    ("trips", "count"),
    ("open_trips", "count"),
    ("win_rate_pct", "share"),
    ("profit_factor", "plain"),
    ("expectancy", "gain"),
    ("worst_trip", "gain"),
    ("realized_profit", "gain"),
    ("unrealized_profit", "gain"),
    ("fees", "money"),
    ("in_market_pct", "share"),
    ("capital_used_pct", "share"),
    ("hold_hours_median", "hours"),
    ("hold_hours_longest", "hours"),
)
"""Figures that are shown, and what they are."""
_FEW_COINS: Final = 2
_DAY_S: Final = 86400
_LONGEST: Final = 40
"""Characters of a setting's value."""


def made_text(run: BacktestRun) -> str:
    """Say when a backtest was made, by its folder's name; that name where it says nothing."""
    _, day, time, *number = [*run.name.split("_"), "", ""]
    try:
        moment = datetime.strptime(f"{day}{time}", "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return run.name
    again = f" ({number[0]})" if number and number[0] else ""
    return minute_text(moment) + again


def span_text(run: BacktestRun) -> str:
    """Say from when to when was traded."""
    return text("backtest.span", start=f"{run.start:%Y-%m-%d}", stop=f"{run.stop:%Y-%m-%d}")


def run_row(run: BacktestRun) -> Row:
    """Give the row of an earlier backtest."""
    made, result = made_text(run), run.metric("return_pct")
    days = round((run.stop - run.start).total_seconds() / _DAY_S)
    trades = (run.metric("buys") or 0) + (run.metric("sells") or 0)
    cells = (
        made + (" ✕" if run.interrupted else ""),
        coins_text(run.coins),
        str(days),
        percent_text(result),
        figure_text("fall", run.metric("max_drawdown_pct"), run.quote),
        f"{trades:,.0f}",
    )
    order = (run.name, cells[1], float(days), result, run.metric("max_drawdown_pct"), trades)
    return Row(run.name, cells, order, _tag(result))


def coins_text(coins: tuple[str, ...]) -> str:
    """Name a few coins, and say how many more there are."""
    shown = ", ".join(coins[:_FEW_COINS])
    more = len(coins) - _FEW_COINS
    return text("backtest.more_coins", coins=shown, more=more) if more > 0 else shown


def figure_rows(run: BacktestRun, other: BacktestRun | None) -> Iterator[Row]:
    """Give every figure of a run, and with another one its figure and how much more that is."""
    for name, kind in FIGURES:
        value = run.metric(name)
        cells = [text(f"backtest.figure.{name}"), figure_text(kind, value, run.quote)]
        if other is not None:
            found = other.metric(name)
            change = found - value if found is not None and value is not None else None
            cells += [figure_text(kind, found, other.quote), change_text(kind, change, run.quote)]
        else:
            cells += ["", ""]
        yield Row(name, tuple(cells))


def figure_text(kind: str, value: float | None, quote: str) -> str:
    """Write a figure of a kind; what cannot be told is N/A."""
    if value is None:
        return UNKNOWN
    if kind in {"money", "gain"}:
        return money_text(value, quote, signed=kind == "gain")
    if kind == "percent":
        return percent_text(value)
    if kind == "count":
        return f"{value:,.0f}"
    unit = {"fall": "%", "share": "%", "days": text("backtest.days"), "hours": text("backtest.hours")}.get(
        kind, ""
    )
    return f"{value:,.2f}{unit}"


def change_text(kind: str, change: float | None, quote: str) -> str:
    """Write by how much a figure differs, with its sign; nothing where it does not."""
    if change is None:
        return UNKNOWN
    if not change:
        return "="
    if kind in {"money", "gain"}:
        return money_text(change, quote, signed=True)
    if kind == "count":
        return f"{change:+,.0f}"
    return f"{change:+,.2f}"


def setting_rows(run: BacktestRun, other: Mapping[str, object]) -> Iterator[Row]:
    """Give each setting that can change a result and is not the same in a run and in others, by name."""
    for name, setting in settings().items():
        if name not in run.settings or {name, name.partition(".")[0]} & NOT_HASHED:
            continue
        here, there = run.settings[name], other.get(name)
        if here != there or here != setting.default:
            cells = (
                ("" if here == there else "● ") + title_of(name),
                name,
                value_text(here),
                value_text(there),
                value_text(setting.default),
            )
            yield Row(name, cells, tag="" if here == there else "differs")


def value_text(value: object) -> str:
    """Write a setting as a person would; a long list is cut."""
    words = (
        text_of(value) if value is None or isinstance(value, bool | int | float | str | list) else str(value)
    )
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def trade_rows(trades: tuple[RunTrade, ...], quote: str) -> Iterator[Row]:
    """Give the orders of a run, the newest first."""
    for number in range(len(trades) - 1, -1, -1):
        yield _trade_row(number, trades[number], quote)


def _trade_row(number: int, trade: RunTrade, quote: str) -> Row:
    cells = (
        minute_text(utc_of(trade.time_s)),
        trade.coin,
        trade.side,
        price_text(trade.price, quote),
        quantity_text(trade.quantity),
        money_text(trade.value, quote),
        trimmed(trade.fee, 4),
        reason_text(trade.reason),
        str(trade.stage) if trade.stage else "",
        "" if trade.gain_pct is None else percent_text(trade.gain_pct),
        "" if trade.profit is None else money_text(trade.profit, quote, signed=True),
    )
    order = (
        trade.time_s,
        trade.coin,
        trade.side,
        trade.price,
        trade.quantity,
        trade.value,
        trade.fee,
        cells[7],
        float(trade.stage),
        trade.gain_pct,
        trade.profit,
    )
    return Row(str(number), cells, order, _tag(trade.profit))


def _tag(amount: float | None) -> str:
    if not amount:
        return ""
    return "gain" if amount > 0 else "loss"
