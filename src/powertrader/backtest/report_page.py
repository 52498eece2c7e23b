"""The report of a backtest: one page that needs nothing but itself."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Final

import numpy as np

from powertrader.analytics.groups import Group, Month
from powertrader.analytics.trips import trips_of
from powertrader.backtest.report_charts import (
    drawdown_chart,
    equity_chart,
    hold_chart,
    price_chart,
    profit_chart,
)
from powertrader.backtest.report_style import STYLE
from powertrader.backtest.report_words import (
    EXAMPLE_NOT_SIMULATED,
    EXAMPLE_SIMULATED,
    NOT_SIMULATED,
    SIMULATED,
)
from powertrader.backtest.result import BacktestResult
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.types import CoinSymbol

COINS_NAMED: Final = 8
COINS_DRAWN: Final = 4
TRADES_SHOWN: Final = 200
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GROUPS: Final[Mapping[str, str]] = {
    "coin": "By coin",
    "reason": "By reason of the sale",
    "stage": "By number of further purchases",
    "signal": "By signal when it began (how many timeframes agreed)",
    "regime": "By market when it began (the coin's 30 days before: over +10 % rising, below -10 % falling)",
    "tier": "By how much of the quote asset was traded in an hour when it began",
}


def report_page(result: BacktestResult, candles: Mapping[CoinSymbol, Candles]) -> str:
    """Give the page, light or dark as the reader's system is; it loads nothing from anywhere."""
    facts = result.facts
    more = " and others" if len(facts.coins) > COINS_NAMED else ""
    title = f"Backtest of {', '.join(facts.coins[:COINS_NAMED])}{more}"
    head = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
    )
    return "\n".join([head, *_sections(title, result, candles), "</main></body></html>\n"])


def _sections(title: str, result: BacktestResult, candles: Mapping[CoinSymbol, Candles]) -> Iterator[str]:
    facts = result.facts
    yield f"<h1>{escape(title)}</h1>"
    span = f"{facts.start:%Y-%m-%d %H:%M} to {facts.stop:%Y-%m-%d %H:%M} UTC"
    steps = f"{len(result.curve.time_s):,} steps of {facts.timeframe}"
    trained = "" if facts.is_example else f", trained again every {facts.retrain_days} days"
    yield (
        f"<p>{span}, {steps}{trained}. Strategy: {escape(facts.strategy_text)}. "
        f"Engine: {escape(facts.engine)}.</p>"
    )
    if facts.interrupted:
        yield '<p class="note">It was interrupted: this is what had been done until then.</p>'
    yield from (f'<p class="note">{escape(note)}</p>' for note in facts.notes)
    yield _tiles(result)
    if len(result.curve.time_s):
        yield from _charts(result, candles)
    yield "<h2>Months</h2>" + _months(result.months)
    yield from (_group(title, result.groups[name]) for name, title in _GROUPS.items() if result.groups[name])
    yield "<h2>Settings that are not the default</h2>" + _settings(result)
    yield "<h2>All figures</h2>" + _figures(result)
    yield f"<h2>Trades</h2>{_trades(result)}"
    yield "<h2>What is simulated</h2>" + _list(EXAMPLE_SIMULATED if facts.is_example else SIMULATED)
    yield "<h2>What is not</h2>" + _list(EXAMPLE_NOT_SIMULATED if facts.is_example else NOT_SIMULATED)
    same = "the same four" if facts.is_example else "the same three"
    strategy = f"Strategy {escape(facts.strategy_text)}, settings" if facts.is_example else "Settings"
    yield (
        f"<p class='small'>{strategy} {facts.config_hash}, candles {facts.data_hash} "
        f"({escape(facts.source)}), program {escape(facts.code_version)}: {same} give the same result.</p>"
    )


def _charts(result: BacktestResult, candles: Mapping[CoinSymbol, Candles]) -> Iterator[str]:
    yield f"<h2>Account in {escape(result.facts.quote_asset)}</h2>" + equity_chart(result, candles)
    yield (
        '<p class="small"><i class="equity-key"></i> this backtest <i class="held-key"></i> '
        "buying the coins at the first step and holding them, without costs</p>"
    )
    yield "<h2>Fall from the highest value so far</h2>" + drawdown_chart(result)
    trades = result.trades
    counts = np.bincount(trades.coin, minlength=len(trades.coins)) if len(trades) else np.zeros(0, dtype=int)
    busiest = [int(place) for place in np.argsort(-counts, kind="stable")[:COINS_DRAWN] if counts[place]]
    for place in busiest:
        coin = trades.coins[place]
        yield f"<h2>{escape(coin)}: {counts[place]} trades</h2>" + price_chart(result, coin, candles[coin])
    trips = trips_of(trades)
    if len(trips):
        yield "<h2>Profit of the trips, in percent of what was spent</h2>" + profit_chart(trips)
        yield "<h2>How long the trips lasted, in hours</h2>" + hold_chart(trips)


def _tiles(result: BacktestResult) -> str:
    growth, figures = result.growth, result.figures
    tiles = (
        ("Return", _signed(growth.return_pct, " %")),
        ("Holding instead", _signed(result.buy_and_hold_pct, " %")),
        ("Deepest fall", _plain(growth.max_drawdown_pct, " %")),
        ("Sharpe ratio", _plain(growth.sharpe)),
        ("Trades", f"{figures.trades:,}"),
        ("Trips with profit", _plain(figures.win_rate_pct, " %")),
        ("Fees", _plain(figures.fees)),
    )
    cells = [f"<div><b>{value}</b><span>{name}</span></div>" for name, value in tiles]
    return f'<section class="tiles">{"".join(cells)}</section>'


def _months(months: Sequence[Month]) -> str:
    """Give a table with a row for each year; a year's return is that of its months one after the other."""
    years = sorted({month.name[:4] for month in months})
    known = {month.name: month.return_pct for month in months}
    rows = []
    for year in years:
        returns = [known.get(f"{year}-{number:02}") for number in range(1, 13)]
        whole = float(np.prod([1 + gain / 100 for gain in returns if gain is not None]) - 1) * 100
        rows.append([year, *map(_gain_cell, returns), _gain_cell(whole)])
    return _table(["", *MONTHS, "year"], rows)


def _gain_cell(gain: float | None) -> str:
    if gain is None:
        return ""
    return f'<span class="{"good" if gain >= 0 else "bad"}">{gain:+.2f}</span>'


def _group(title: str, groups: Iterable[Group]) -> str:
    rows = [
        [
            escape(one.name),
            str(one.trips),
            str(one.wins),
            f"{one.profit:+,.2f}",
            f"{one.hold_hours_mean:,.1f}",
        ]
        for one in groups
    ]
    return f"<h3>{title}</h3>" + _table(["", "trips", "with profit", "profit", "mean hours"], rows)


def _settings(result: BacktestResult) -> str:
    rows = []
    for name, change in result.facts.changed.items():
        values = change if isinstance(change, Mapping) else {"value": change}
        shown = [_setting(values.get(which)) for which in ("value", "default")]
        rows.append([escape(name), *map(escape, shown)])
    return _table(["setting", "here", "default"], rows) if rows else "<p>None.</p>"


def _setting(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_setting, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _figures(result: BacktestResult) -> str:
    rows = [
        [escape(name), "none" if value is None else f"{value:,.6g}"] for name, value in result.metrics.items()
    ]
    return _table(["figure", ""], rows)


def _trades(result: BacktestResult) -> str:
    trades = result.trades
    places = range(max(len(trades) - TRADES_SHOWN, 0), len(trades))
    names = ["time (UTC)", "", "coin", "quantity", "price", "value", "fee", "reason", "profit"]
    rows = [_trade(result, place) for place in places]
    before = f"<p>The latest {TRADES_SHOWN} of {len(trades):,}; all are in trades.csv.</p>"
    return (before if len(trades) > TRADES_SHOWN else "") + _table(names, rows)


def _trade(result: BacktestResult, place: int) -> list[str]:
    trades = result.trades
    realized = float(trades.realized[place])
    return [
        f"{utc_of(int(trades.time_s[place])):%Y-%m-%d %H:%M}",
        "sell" if trades.is_sale[place] else "buy",
        escape(trades.coins[int(trades.coin[place])]),
        f"{float(trades.quantity[place]):.8g}",
        f"{float(trades.price[place]):,.8g}",
        f"{float(trades.value[place]):,.2f}",
        f"{float(trades.fee[place]):,.4f}",
        escape(trades.reasons[int(trades.reason[place])]),
        "" if np.isnan(realized) else f"{realized:+,.2f}",
    ]


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    head = "".join(f"<th>{name}</th>" for name in names)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _list(sentences: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in sentences) + "</ul>"


def _plain(value: float | None, unit: str = "") -> str:
    return "none" if value is None else f"{value:,.2f}{unit}"


def _signed(value: float | None, unit: str = "") -> str:
    return "none" if value is None else f"{value:+,.2f}{unit}"
