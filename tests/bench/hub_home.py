"""A home as large as a window must carry, and the workers' part in it: files that change all the time."""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import numpy as np

from powertrader.analytics.profit import ProfitFold
from powertrader.core.budget_window import ALLOWANCES, BudgetLimits
from powertrader.core.clock import SystemClock
from powertrader.core.mailbox import HEARTBEAT, THINKER, TRADER, TRAINING, VENUE_CLOCK, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.shared_budget import SharedBudget
from powertrader.core.storage import FileStore
from powertrader.models.journal import (
    JournalEvent,
    OrderAccepted,
    OrderClosed,
    OrderFilled,
    OrderIntended,
    QuoteBooked,
)
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.rules import DEFAULT_DCA_LEVELS
from powertrader.models.signal import Signal
from powertrader.models.status import Heartbeat, PositionStatus, ThinkerReport, TraderReport, TraderStatus
from powertrader.models.timeframe import TIMEFRAMES
from powertrader.models.trade import TRAILING_EXIT
from powertrader.models.training import TimeframeReport, TrainingReport
from powertrader.models.venue import ClockMeasure
from powertrader.persistence.ledger_file import open_ledger
from tests.bench.bench_ledger import Undelayed
from tests.bench.hub_decisions import decide_all

COINS: Final = 1000
POINTS: Final = 200_000
TRADES: Final = 10_000
HELD: Final = 300
"""So many coins are held."""
PM_START_PCT: Final = 2.5
REASONS: Final = ("entry", "dca_hard_1", TRAILING_EXIT)
PER_ORDER: Final = 4
"""Entries of the ledger that an order leaves."""


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is: coins, account points, trades."""

    coins: int = COINS
    points: int = POINTS
    trades: int = TRADES


def coin_names(count: int) -> tuple[str, ...]:
    """Name so many coins, BTC among them."""
    return ("BTC", *(f"C{number:03d}" for number in range(count - 1)))


class HubHome:
    """A home with everything a window shows; `change` does what workers do in a second."""

    def __init__(self, root: Path, size: Size) -> None:
        """Write all files."""
        self.paths = HomePaths(root)
        self.coins = coin_names(size.coins)
        self.mailbox = Mailbox(FileStore(self.paths.data), self.paths)
        self._turn = cycle(self.coins)
        self._draw = np.random.default_rng(size.coins)
        prices = self._draw.uniform(0.01, 50_000, size.coins)
        self._prices = dict(zip(self.coins, prices.tolist(), strict=True))
        self.paths.config.mkdir(parents=True, exist_ok=True)
        self.paths.gui_settings.write_text(json.dumps({"coins": list(self.coins)}), encoding="utf-8")
        now = datetime.now(tz=UTC)
        for coin in self.coins:
            self._teach(coin, now)
        self._remember(size.points, now)
        fold = ProfitFold("USDT")
        with open_ledger(self.paths.ledger("paper"), Undelayed()) as ledger:
            events = tuple(self._orders(size.trades, now))
            ledger.append_all(events)
            for event in events:
                fold.apply(event)
        self._sums = fold.sums()
        self._verdicts = decide_all(self.paths, self.coins, min(HELD, size.coins), now)
        self.change(size.coins)

    def change(self, signals: int) -> None:
        """Let the thinker write so many signals, and both tell of themselves."""
        now = datetime.now(tz=UTC)
        changed = tuple(islice(self._turn, signals))
        for coin in changed:
            self.mailbox.publish_signal(self._signal(coin, now))
        report = ThinkerReport(now, now, now, "real_predictions", changed, self.coins, ())
        self.mailbox.publish(self.paths.thinker_report, THINKER, report)
        self.mailbox.publish(self.paths.trader_report("paper"), TRADER, self._report(now))
        self._venues_asked(now)
        for process in ("thinker", "trader"):
            beat = Heartbeat(process, 0, "paper", now, now, steps=1)
            self.mailbox.publish(self.paths.heartbeat(process), HEARTBEAT, beat)

    def _venues_asked(self, now: datetime) -> None:
        for venue, allowance in ALLOWANCES.items():
            path = self.paths.request_budget(venue)
            SharedBudget(path, SystemClock(), BudgetLimits(*allowance)).acquire(1)
        measure = ClockMeasure(0.12, now - timedelta(minutes=4))
        self.mailbox.publish(self.paths.venue_clock("binance"), VENUE_CLOCK, measure)

    def keep_changing(self, per_s: int, until: Callable[[], bool]) -> None:
        """Change so many signals a second until told to end, a tenth of them every tenth of a second."""
        due_s = time.monotonic()
        while not until():
            self.change(max(1, per_s // 10))
            due_s += 0.1
            time.sleep(max(0.0, due_s - time.monotonic()))

    def _signal(self, coin: str, now: datetime) -> Signal:
        long, short = (int(level) for level in self._draw.integers(0, 8, 2))
        price = self._prices[coin]
        bounds = tuple([price * (1 - 0.01 * step) for step in range(1, 8)])
        highs = tuple([price * (1 + 0.01 * step) for step in range(1, 8)])
        return Signal(coin, long, short, bounds, highs, 0.25, 0.25, now)

    def _teach(self, coin: str, now: datetime) -> None:
        files = self.paths.coin(coin)
        files.base.mkdir(parents=True, exist_ok=True)
        stamp = now - timedelta(days=2)
        files.trainer_last_training_time().write_text(repr(stamp.timestamp()), encoding="utf-8")
        files.trainer_status().write_text(json.dumps({"coin": coin, "state": "FINISHED"}), encoding="utf-8")
        frames = [
            TimeframeReport(
                frame, "trained", 900, 890, stamp - timedelta(days=90), stamp, "", 120, 4, 700, 80, 1.5
            )
            for frame in TIMEFRAMES
        ]
        report = TrainingReport(coin, "finished", "kucoin", 1, stamp, stamp, stamp, timeframes=tuple(frames))
        self.mailbox.publish(files.training_report(), TRAINING, report)

    def _remember(self, points: int, now: datetime) -> None:
        """Write the account value of every minute until now."""
        values = 10_000 + np.cumsum(self._draw.normal(0, 2, points))
        first_s = now.timestamp() - 60.0 * points
        lines = [
            f'{{"ts": {first_s + 60 * place}, "total_account_value": {value:.2f}}}\n'
            for place, value in enumerate(values.tolist())
        ]
        self.paths.hub_data.mkdir(parents=True, exist_ok=True)
        self.paths.account_value_history.write_text("".join(lines), encoding="utf-8")

    def _report(self, now: datetime) -> TraderReport:
        positions, coins = self._positions(), self._sums.coins
        # the account is what the ledger made of it, as at a venue
        owned = [
            (float(coins[one.coin].quantity), one) for one in positions if one.quantity and one.coin in coins
        ]
        cash, held = float(self._sums.cash), sum(quantity * one.bid for quantity, one in owned)
        total = cash + held
        status = TraderStatus(now, total, cash, held, held, held / total * 100, 5.0, 2.5, 0.5, positions)
        trades = TRADES * PER_ORDER
        return TraderReport(
            "paper",
            "default",
            "USDT",
            now,
            now,
            status,
            "",
            self._verdicts,
            (),
            (),
            (),
            Decimal(12),
            Decimal(0),
            trades,
        )

    def _positions(self) -> tuple[PositionStatus, ...]:
        moves = self._draw.uniform(0.999, 1.001, len(self.coins))
        return tuple([self._position(place, coin, moves[place]) for place, coin in enumerate(self.coins)])

    def _position(self, place: int, coin: str, move: float) -> PositionStatus:
        """Give how a coin stands: some are held at a loss with DCA buys, some at a gain with a trail."""
        price = self._prices[coin] * float(move)
        ask, bid = price * 1.0005, price * 0.9995
        if place >= HELD:
            return PositionStatus(coin, ask, bid)
        stage = place % 4
        basis = self._prices[coin] * (1 + (stage - 1) * 0.03 - (place % 7) * 0.004)
        gain_pct = (bid / basis - 1) * 100
        trails = gain_pct > PM_START_PCT
        peak = bid * 1.004
        return PositionStatus(
            coin,
            ask,
            bid,
            stage,
            quantity=20 * 3**stage / basis,
            basis=basis,
            gain_at_ask_pct=(ask / basis - 1) * 100,
            gain_at_bid_pct=gain_pct,
            value=20 * 3**stage * bid / basis,
            next_dca=f"{DEFAULT_DCA_LEVELS[stage]:.2f}% / N{min(stage + 4, 7)}",
            dca_line=basis * (1 + DEFAULT_DCA_LEVELS[stage] / 100),
            dca_line_source="HARD",
            dca_line_pct=DEFAULT_DCA_LEVELS[stage],
            trail_active=trails,
            trail_line=peak * 0.995 if trails else basis * (1 + PM_START_PCT / 100),
            trail_peak=peak if trails else 0.0,
            distance_to_trail_pct=(bid / (peak * 0.995) - 1) * 100 if trails else 0.0,
        )

    def _orders(self, trades: int, now: datetime) -> Iterator[JournalEvent]:
        """Give a deposit and the events of finished orders until now: entries, DCA buys, sales in turn."""
        opening = Decimal(10_000 + 20 * len(self.coins))
        yield QuoteBooked("USDT", opening, now - timedelta(minutes=37 * (trades + 1)))
        seen: dict[str, int] = {}
        for number in range(trades):
            coin = self.coins[number * 7 % len(self.coins)]
            turn = seen[coin] = seen.get(coin, -1) + 1
            reason = REASONS[turn % len(REASONS)]
            at = now - timedelta(minutes=37 * (trades - number))
            sale = reason == TRAILING_EXIT
            price = self._prices[coin] * (1.03 if sale else 1 - 0.03 * (turn % len(REASONS)))
            yield from _order(coin, f"pt-{number}", reason, (price, 40.0 if sale else 20.0), at)


def _order(
    coin: str, key: str, reason: str, deal: tuple[float, float], at: datetime
) -> Iterator[JournalEvent]:
    """Give the events of one order; deal: price and value."""
    price, value = deal
    side = Side.SELL if reason == TRAILING_EXIT else Side.BUY
    quantity, worth = Decimal(f"{value / price:.8f}"), Decimal(f"{value:.2f}")
    gain = 3.0 if side is Side.SELL else None
    yield OrderIntended(
        OrderIntent(
            key,
            coin,
            f"{coin}USDT",
            side,
            quantity,
            f"{quantity}",
            reason,
            price,
            price / 1.03,
            gain,
            "c0ffee",
            at,
        ),
        Decimal(1000),
        at,
    )
    yield OrderAccepted(key, key, at)
    yield OrderFilled(key, quantity, worth, worth / 1000, "USDT", at)
    yield OrderClosed(key, OrderState.FILLED, Decimal(980), at)


def made(folder: Path, size: Size | None = None) -> HubHome:
    """Make such a home in a folder."""
    return HubHome(folder, size or Size())


def seconds_of(act: Callable[[], object], times: int) -> Sequence[float]:
    """Give how long an act takes, each time."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return found
