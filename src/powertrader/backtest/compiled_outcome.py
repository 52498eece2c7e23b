"""The compiled engine's run in the form that figures and reports are made from."""

from collections.abc import Mapping

import numpy as np

from powertrader.analytics.performance import EquityCurve
from powertrader.backtest.engine import ReplaySpan
from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import RunArrays, reason_text, run_classic
from powertrader.backtest.market_arrays import market_of
from powertrader.backtest.outcomes import stages_of
from powertrader.backtest.past_market import past_market
from powertrader.backtest.result import OpenPosition, RunOutcome
from powertrader.backtest.signal_arrays import SignalArrays
from powertrader.core.config import TradingConfig
from powertrader.models.candle import Candles
from powertrader.models.moment import utc_of
from powertrader.models.trade_columns import TradeColumns
from powertrader.models.types import CoinSymbol


def compiled_outcome(
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    span: ReplaySpan,
    signals: Mapping[CoinSymbol, SignalArrays],
    timeframe: str,
) -> RunOutcome:
    """Trade the classic strategy with signals given.

    Raises ValueError for settings that are not compiled, BadData for amounts it cannot count exactly.
    """
    start = config.replay.start_quote
    market = market_of(candles, span, config.trading.quote_asset)
    run = run_classic(market, signals, ClassicSettings(config.rules, start), config.costs.model)
    return outcome_of(run, config, candles, timeframe)


def outcome_of(
    run: RunArrays,
    config: TradingConfig,
    candles: Mapping[CoinSymbol, Candles],
    timeframe: str,
    *,
    rested: bool = False,
) -> RunOutcome:
    """Give a run, its trades oldest first, with what is held at its end.

    rested: its orders waited in the book; otherwise all were sent to the market.
    """
    curve = EquityCurve(timeframe, config.replay.start_quote, run.close_s, run.equity)
    trades = _columns(run, rested=rested)
    return RunOutcome(curve, trades, _held(run, trades, config, candles))


def _columns(run: RunArrays, *, rested: bool) -> TradeColumns:
    rows = run.trades
    is_sale = rows.side == 1
    pairs = zip(rows.reason.tolist(), rows.stage.tolist(), strict=True)
    names = [reason_text(reason, stage) for reason, stage in pairs]
    reasons = tuple(sorted(set(names)))
    return TradeColumns(
        coins=run.coins,
        reasons=reasons,
        time_s=rows.time_s.astype(np.int64),
        coin=rows.coin.astype(np.int64),
        is_sale=is_sale,
        price=rows.price.copy(),
        quantity=rows.quantity.copy(),
        value=rows.value.copy(),
        fee=np.where(is_sale, rows.fee, rows.fee * rows.price),
        reason=np.array([reasons.index(name) for name in names], dtype=np.int64),
        stage=stages_of(rows.coin.tolist(), names),
        gain_pct=rows.gain_pct.copy(),
        realized=rows.realized.copy(),
        is_maker=np.full(len(names), rested),
    )


def _held(
    run: RunArrays, trades: TradeColumns, config: TradingConfig, candles: Mapping[CoinSymbol, Candles]
) -> tuple[OpenPosition, ...]:
    """Give what is held at the end; a coin without a price then counts with its newest one."""
    newest_stage = dict(zip(trades.coin.tolist(), trades.stage.tolist(), strict=True))
    found = []
    for place in np.flatnonzero(run.open_quantity).tolist():
        coin = run.coins[place]
        seen = candles[coin].closed_by(float(run.close_s[-1]))
        at = utc_of(int(seen.open_time_s[-1]) + seen.interval_s)
        quote = past_market(config, {coin: seen}, at)[0].quote(coin)
        quantity, cost = float(run.open_quantity[place]), float(run.open_cost[place])
        value = quantity * quote.bid if quote is not None else 0.0
        found.append(OpenPosition(coin, quantity, cost, newest_stage.get(place, 0), value))
    return tuple(sorted(found, key=lambda position: position.coin))
