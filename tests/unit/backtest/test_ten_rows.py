"""Ten rows by hand, with exact equality: what an engine books is what a person with paper and pencil gets."""

from datetime import timedelta

import pytest

from powertrader.backtest.kernel_inputs import ClassicSettings
from powertrader.backtest.kernels import reason_text, run_classic
from powertrader.backtest.market_arrays import market_of
from powertrader.bootstrap import build_replay
from tests.unit.backtest import ten_rows

pytestmark = pytest.mark.money


def test_the_event_engine_books_what_was_computed_by_hand() -> None:
    config = ten_rows.config()
    candles, given = {ten_rows.COIN: ten_rows.candles()}, {ten_rows.COIN: ten_rows.signals()}
    replay = build_replay(config, candles, ten_rows.SPAN, given)
    course = replay.engine.walk(ten_rows.SPAN, config.rules, replay.session, lambda _report: True)
    trades = replay.session.book.trades
    booked = [
        (
            (trade.timestamp - ten_rows.SPAN.start) // timedelta(hours=1),
            trade.side.value,
            trade.reason,
            f"{trade.quantity.normalize():f}",
            f"{trade.value.normalize():f}",
            f"{trade.fees[0][1].normalize():f}",
        )
        for trade in trades
    ]
    assert booked == list(ten_rows.TRADES)
    assert course.equity == list(ten_rows.EQUITY)
    assert replay.exchange.get_account().free("USDT") == ten_rows.CASH
    sale = trades[3]
    assert sale.price == 126.0078125
    assert sale.realized_profit == ten_rows.PROFIT
    assert sale.pnl_pct == ten_rows.GAIN_PCT


@pytest.mark.kernel
def test_the_compiled_engine_books_the_same() -> None:
    config = ten_rows.config()
    candles, given = {ten_rows.COIN: ten_rows.candles()}, {ten_rows.COIN: ten_rows.signals()}
    market = market_of(candles, ten_rows.SPAN, "USDT")
    settings = ClassicSettings(config.rules, config.replay.start_quote)
    run = run_classic(market, given, settings, config.costs.model)
    start_s = int(ten_rows.SPAN.start.timestamp())
    booked = [
        (
            (int(trade.time_s) - start_s) // 3600,
            "SELL" if trade.side else "BUY",
            reason_text(int(trade.reason), int(trade.stage)),
            trade.quantity,
            trade.value,
            trade.fee,
        )
        for trade in run.trades
    ]
    assert booked == [(*words, float(a), float(b), float(c)) for *words, a, b, c in ten_rows.TRADES]
    assert run.equity.tolist() == list(ten_rows.EQUITY)
    assert run.final_cash == float(ten_rows.CASH)
    sale = run.trades[3]
    assert (sale.price, sale.realized, sale.gain_pct) == (
        126.0078125,
        float(ten_rows.PROFIT),
        ten_rows.GAIN_PCT,
    )
