"""LedgerFeed and TradesView: every trade once, old views stay as they were, long ledgers come in parts."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from powertrader.core.exceptions import PowerTraderError
from powertrader.core.original_trades import is_original, trades_in
from powertrader.core.storage import FileStore
from powertrader.hub.ledger_feed import IGNORED, LedgerFeed
from powertrader.hub.trades_view import LedgerName, TradesView
from powertrader.models.journal import OrderClosed, OriginalTradesImported
from powertrader.models.order import OrderState, Side
from powertrader.models.trade import Trade, is_dca
from powertrader.persistence.ledger_file import LedgerFile
from powertrader.persistence.ledger_tail import LedgerTail
from tests.unit.analytics.ledgers import BEGIN, Trader

pytestmark = pytest.mark.money
PAPER = LedgerName("paper", "default", "USDT")
LIVE = LedgerName("live", "default", "USDT")


@pytest.fixture
def feed(tmp_path: Path) -> LedgerFeed:
    return LedgerFeed(lambda whose: LedgerTail(tmp_path / str(whose), FileStore(), IGNORED))


def store(folder: Path, trader: Trader, begin: int = 0, whose: LedgerName = PAPER) -> LedgerFile:
    ledger = LedgerFile(folder / str(whose), FileStore())
    ledger.recover()
    ledger.append_all(trader.events[begin:])
    return ledger


def read(feed: LedgerFeed, whose: LedgerName = PAPER, budget_s: float = 10.0) -> TradesView:
    view = feed.read(whose, budget_s)
    assert view is not None
    return view


def test_a_home_without_a_ledger_has_no_trades(feed: LedgerFeed) -> None:
    view = read(feed)
    assert (len(view), view.complete, view.whose) == (0, True, PAPER)
    assert feed.read(PAPER) is None


def test_new_trades_come_in_a_new_view_and_old_views_stay(feed: LedgerFeed, tmp_path: Path) -> None:
    trader = Trader()
    trader.buy("BTC", "1", "100")
    store(tmp_path, trader)
    first = read(feed)
    written = len(trader.events)
    trader.sell("BTC", "1", "110")
    store(tmp_path, trader, written)
    second = read(feed)
    assert [len(first), len(second)] == [1, 2]
    assert [trade.side for trade in second.newest(5)] == [Side.SELL, Side.BUY]
    assert [trade.side for trade in first.newest(5)] == [Side.BUY]
    assert second.added(len(first)) == (second[-1],)
    assert first.generation == second.generation
    assert second.sums.coins["BTC"].realised == Decimal(10)


def test_views_find_the_trades_of_a_coin_and_of_a_time() -> None:
    trades = [
        Trade(coin, Side.BUY, 1.0, Decimal(1), Decimal(1), "entry", BEGIN + timedelta(hours=hour))
        for hour, coin in enumerate(("BTC", "ETH", "BTC"))
    ]
    view = TradesView.of(trades)
    assert view.of_coin("BTC") == (trades[0], trades[2])
    assert view.of_coin("XRP") == ()
    assert view.since(BEGIN + timedelta(minutes=1)) == tuple(trades[1:])
    assert view.newest(0) == ()
    assert list(view) == trades
    with pytest.raises(IndexError):
        view[3]


def test_every_account_has_its_own_ledger(feed: LedgerFeed, tmp_path: Path) -> None:
    paper, live = Trader(), Trader("50")
    paper.buy("BTC", "1", "100")
    store(tmp_path, paper)
    store(tmp_path, live, whose=LIVE)
    assert len(read(feed)) == 1
    other = read(feed, LIVE)
    assert (len(other), other.sums.deposits) == (0, Decimal(50))
    assert read(feed).generation > other.generation


def test_a_long_ledger_is_read_in_parts(feed: LedgerFeed, tmp_path: Path) -> None:
    trader = Trader("100000")
    for _ in range(250):
        trader.buy("BTC", "1", "1")
    ledger = LedgerFile(tmp_path / str(PAPER), FileStore())
    for begin in range(0, len(trader.events), 150):
        ledger.append_all(trader.events[begin : begin + 150])
    first = read(feed, budget_s=0.0)
    assert not first.complete
    lengths = [len(first)]
    while not (view := read(feed, budget_s=0.0)).complete:
        lengths.append(len(view))
    assert lengths == sorted(set(lengths))
    assert len(view) == 250
    assert view.sums.coins["BTC"].buys == 250


def test_what_was_whole_is_shown_before_the_damage_is_told(feed: LedgerFeed, tmp_path: Path) -> None:
    trader = Trader()
    trader.buy("BTC", "1", "100")
    trader.events.append(OrderClosed("never intended", OrderState.FILLED, None, trader.now))
    store(tmp_path, trader)
    assert len(read(feed)) == 1
    for _ in range(2):
        with pytest.raises(PowerTraderError, match="never intended"):
            feed.read(PAPER)


def line(hour: float, side: str, **changes: object) -> str:
    plain = {"ts": hour * 3600, "side": side, "tag": None, "symbol": "BTCUSDT", "qty": 0.5, "price": 10.0}
    return json.dumps({**plain, "order_id": f"n{hour}", **changes})


def test_trades_of_an_original_come_first_and_their_money_is_in_no_sum(
    feed: LedgerFeed, tmp_path: Path
) -> None:
    lines = "\n".join(
        [
            line(2, "sell", tag="TRAIL_SELL", realized_profit_usd=1.5, pnl_pct=3.0),
            line(1, "buy", tag="DCA"),
            "no json",
            line(3, "buy", qty=-1),
            line(4, "buy", symbol=""),
            line(5, "holds"),
        ]
    )
    trader = Trader()
    trader.events.insert(0, OriginalTradesImported(lines, BEGIN))
    trader.buy("ETH", "1", "100")
    store(tmp_path, trader)
    bought, sold, ours = read(feed)
    assert (bought.coin, bought.side, bought.value) == ("BTC", Side.BUY, Decimal("5.0"))
    assert is_dca(bought.reason)
    assert (sold.realized_profit, sold.pnl_pct, sold.reason) == (Decimal("1.5"), 3.0, "trailing_exit")
    assert [is_original(trade) for trade in (bought, sold, ours)] == [True, True, False]
    assert list(read(feed, LIVE).sums.coins) == []


@pytest.mark.parametrize("price", [0, -1, "x", None, 1e300, float("nan")])
def test_an_original_trade_without_a_usable_price_has_none(price: object) -> None:
    (trade,) = trades_in(line(1, "buy", price=price), "USDT")
    assert (trade.price, trade.value) == (None, Decimal(0))
