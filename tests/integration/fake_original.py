"""A stand-in for a running original: our engine with compat=original behind the original's files, live.

Run as a program: FOLDER URL FAULTS. It writes in place and in pieces, so that a reader meets half-written
files. FAULTS are none, or what it deliberately does wrong, joined by commas: bounds (of ETH), level (of
ETH), extra_trade (a sale of ETH that nothing asked for).
"""

import json
import random
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from powertrader.bootstrap_venues import ONCE, VenueContext, market_client, market_clock_of, quote_source
from powertrader.core.clock import SystemClock
from powertrader.core.coin_paths import CoinPaths
from powertrader.core.config import TradingConfig
from powertrader.core.ledger import MemoryLedger
from powertrader.core.original_books import OriginalBooks
from powertrader.core.original_folder import find_original
from powertrader.core.original_settings import OriginalSettings, read_settings
from powertrader.core.original_signals import SignalTexts, parse_view
from powertrader.core.original_status import status_text
from powertrader.core.paths import HomePaths
from powertrader.core.redaction import Redactor
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient, default_instruments
from powertrader.models.costs import CostModel
from powertrader.models.signal import SignalView
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.types import CoinSymbol
from powertrader.parity.thinker_coin import with_tokens
from powertrader.shadow.trainings import OriginalTrainings
from powertrader.thinker import sweep_kernels
from powertrader.thinker.bounds import START, SweepState
from powertrader.thinker.candle_feed import CandleFeed
from powertrader.thinker.signal_engine import SignalEngine
from powertrader.trader.desk import Patience, Ports
from powertrader.trader.session import Session
from powertrader.trader.status import status_of

COINS: Final = ("BTC", "ETH")
PACE_S: Final = 0.1
AFTER_TRADE_S: Final = 0.5
RISE_PCT: Final[dict[str, tuple[float, ...]]] = {
    "BTC": (2.0, 3.0, 4.0, -3.0, -4.0, -6.0, -8.0),
    "ETH": (-1.0, -2.0, -3.0, -4.0, -5.0, -6.0, -8.0),
}
"""Where each timeframe expects the next low: above the price makes it say long."""


def prepare(
    folder: Path, coins: tuple[str, ...] = COINS, settings: Mapping[str, object] | None = None
) -> Path:
    """Leave a folder of the original with settings and memories of these coins, but nothing running."""
    folder.mkdir(parents=True)
    (folder / "hub_data").mkdir()
    (folder / "pt_trader.py").write_text("# the user's own script\n", encoding="utf-8")
    content = {"coins": list(coins), "start_allocation_pct": 1.0, **(settings or {})}
    (folder / "gui_settings.json").write_text(json.dumps(content), encoding="utf-8")
    for coin in coins:
        paths = CoinPaths(folder, coin)
        paths.base.mkdir(exist_ok=True)
        for timeframe, low in zip(TIMEFRAMES, RISE_PCT[coin], strict=True):
            entries = [f"{body} 0.1{{}}{30.0 + body / 10}{{}}{low + body / 10}" for body in (-1.5, 0.5, 2.5)]
            paths.memory_file(timeframe).write_text("~".join(entries), encoding="utf-8")
            for path in (
                paths.weight_file(timeframe),
                paths.weight_high_file(timeframe),
                paths.weight_low_file(timeframe),
            ):
                path.write_text("1.0 1.0 1.0", encoding="utf-8")
            paths.threshold_file(timeframe).write_text("100000.0", encoding="utf-8")
        paths.trainer_last_training_time().write_text(str(int(time.time())), encoding="utf-8")
    return folder


def write_torn(path: Path, text: str) -> None:
    """Write in place and in two pieces, as nobody should."""
    half = len(text) // 2
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text[:half])
        stream.flush()
        if random.random() < 0.2:
            time.sleep(0.005)
        stream.write(text[half:])


class FakeOriginal:
    """One thinker and one trader in a loop."""

    def __init__(self, folder: Path, url: str, faults: str) -> None:
        self._folder, self._faults = folder, faults.split(",")
        config = TradingConfig.model_validate({"exchange": {"url": url}})
        wall = SystemClock()
        market = market_clock_of(config, wall)
        work = folder.parent / f"{folder.name}-work"
        context = VenueContext(config, HomePaths(work), wall, market, Redactor())
        self._feed = CandleFeed(market_client(context, ONCE), market, wall)
        self._quotes = quote_source(context, ONCE)
        self._engine = SignalEngine("original")
        self._trainings = OriginalTrainings(find_original(folder))
        self._states: dict[CoinSymbol, SweepState] = dict.fromkeys(COINS, START)
        terms = PaperTerms(
            default_instruments(COINS, "USDT"), CostModel(maker_pct=0.0, taker_pct=0.0), "USDT"
        )
        client = PaperTradingClient(self._quotes, terms, wall, {"USDT": Decimal(10_000)})
        self._ledger, self._books = MemoryLedger(), OriginalBooks()
        ports = Ports(client, self._quotes, self._signal, self._ledger, wall)
        self._session = Session(ports, "original", Patience())
        self._folded = self._lines = self._rounds = 0

    def run(self) -> None:
        text = (self._folder / "gui_settings.json").read_text(encoding="utf-8")
        rules = read_settings(text, OriginalSettings.defaults("original")).in_force
        while True:
            for coin in COINS:
                self._think(coin)
            report = self._session.step(rules)
            self._rounds += 1
            self._write_books()
            if report.complete and report.view is not None:
                write_torn(
                    self._folder / "hub_data" / "trader_status.json", status_text(status_of(report.view))
                )
            time.sleep(AFTER_TRADE_S if report.outcomes else PACE_S)

    def _think(self, coin: CoinSymbol) -> None:
        training = self._trainings.of(coin).training
        candles = [self._feed.latest_closed(coin, timeframe) for timeframe in TIMEFRAMES]
        predictions = [
            self._engine.predict(candle, training.usable(timeframe))
            for candle, timeframe in zip(candles, TIMEFRAMES, strict=True)
            if candle is not None
        ]
        ask = self._quotes.get_quotes([coin])[coin].ask
        sweep = self._engine.sweep(self._states[coin], predictions, ask)
        self._states[coin] = sweep.state
        long, short = (sweep.sides.count(side) for side in (sweep_kernels.LONG, sweep_kernels.SHORT))
        lows = sweep.bounds.ranked_low
        if "bounds" in self._faults and coin == "ETH":
            lows = (lows[0] * 1.001, *lows[1:])
        if "level" in self._faults and coin == "ETH":
            long += 1
        paths = CoinPaths(self._folder, coin)
        write_torn(paths.bounds_low(), ", ".join(map(repr, lows)))
        write_torn(paths.bounds_high(), ", ".join(map(repr, with_tokens(sweep.bounds.ranked_high))))
        write_torn(paths.profit_margin_long(), repr(sweep.margin_pct))
        write_torn(paths.signal_long(), str(long))
        write_torn(paths.profit_margin_short(), repr(abs(sweep.margin_pct)))
        write_torn(paths.signal_short(), str(short))

    def _signal(self, coin: CoinSymbol) -> SignalView:
        paths = CoinPaths(self._folder, coin)
        files = (paths.bounds_low(), None, None, None, paths.signal_long(), paths.signal_short())
        texts = [path.read_text(encoding="utf-8") if path and path.exists() else None for path in files]
        return parse_view(SignalTexts(*texts))

    def _write_books(self) -> None:
        events = tuple(self._ledger.events())
        for event in events[self._folded :]:
            self._books.apply(event)
        self._folded = len(events)
        hub = self._folder / "hub_data"
        write_torn(hub / "pnl_ledger.json", self._books.ledger_text())
        with (hub / "trade_history.jsonl").open("a", encoding="utf-8") as stream:
            for line in self._books.trades[self._lines :]:
                stream.write(json.dumps(line) + "\n")
            self._lines = len(self._books.trades)
            if "extra_trade" in self._faults and self._rounds == 20:
                now = datetime.now(UTC).timestamp()
                made_up = {"ts": now, "side": "sell", "tag": "TRAIL_SELL", "symbol": "ETHUSDT", "qty": 1.0}
                stream.write(json.dumps({**made_up, "price": 1.0, "order_id": "made up"}) + "\n")


if __name__ == "__main__":
    FakeOriginal(Path(sys.argv[1]), sys.argv[2], sys.argv[3]).run()
