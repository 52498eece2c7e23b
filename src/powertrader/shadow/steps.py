"""A step of the original as our decide sees it: once as the original decides, once as we would."""

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeAlias

from powertrader.core.original_settings import OriginalSettings
from powertrader.models.account import Quote
from powertrader.models.decision import ActionKind
from powertrader.models.position import Holding, Trail
from powertrader.models.signal import SignalView
from powertrader.models.types import CoinSymbol
from powertrader.shadow.status import OriginalPosition, OriginalStatus
from powertrader.shadow.supposed import Pairs, Supposed, suppose
from powertrader.shadow.trades import TradeTail
from powertrader.shadow.trails import OwnTrails, ShownTrails
from powertrader.trader.sizing import smallest_quantity
from powertrader.trader.view import AccountTotals, Engines, StepView

_FIRST_STEP: Final = timedelta(seconds=30)
Signals: TypeAlias = Mapping[CoinSymbol, SignalView]


@dataclass(frozen=True, slots=True)
class StepPair:
    """Both views of one step; unsure names the coins whose sale hangs on a step nobody saw."""

    status: OriginalStatus
    original: Supposed
    ours: Supposed
    unsure: AbstractSet[CoinSymbol]

    @property
    def coins(self) -> tuple[CoinSymbol, ...]:
        """The coins that were decided on."""
        held = [position.coin for position in self.status.held]
        return tuple(dict.fromkeys([*held, *self.original.view.listed]))


class Steps:
    """Makes both views of each status; remembers trails between them."""

    def __init__(self, trades: TradeTail, is_own: Callable[[CoinSymbol], bool]) -> None:
        """Bind the trades; is_own tells whether the original bought a coin, and not its user."""
        self._trades = trades
        self._is_own = is_own
        self._shown = ShownTrails()
        self._own = OwnTrails()
        self._last_at: datetime | None = None

    def of(
        self,
        status: OriginalStatus,
        settings: OriginalSettings,
        signals: tuple[Signals, Signals],
        pairs: Pairs,
    ) -> StepPair:
        """Give both views of a status; signals are the original's own and those of our thinker."""
        theirs, ours = signals
        engines = Engines.of(replace(settings.in_force, compat="original"))
        unsure: set[CoinSymbol] = set()
        shown: dict[CoinSymbol, Trail | None] = {}
        for position in status.held:
            shown[position.coin], sure = self._shown.before(position)
            # a trade since the last status belongs to this step, or to one that nobody saw
            if not sure or self._trades.traded_after(position.coin, self._before(status)):
                unsure.add(position.coin)
        original = suppose(self._view(status, engines, shown, theirs), pairs, safe=False)
        # a setting of 0 takes effect (G02)
        safe_engines = Engines.of(replace(settings.parsed, compat="safe"))
        rules = safe_engines.trailing.rules
        # a trade may have been a sale and a purchase that nobody saw in between
        own = {
            position.coin: shown[position.coin]
            if self._trades.traded_after(position.coin, self._before(status))
            else self._own.before(position, shown[position.coin], rules)
            for position in status.held
        }
        view = self._view(status, safe_engines, own, ours)
        safe = suppose(self._without_foreign(view, pairs), pairs, safe=True)
        self._keep(status, (shown, own), original, safe)
        self._last_at = status.at
        return StepPair(status, original, safe, frozenset(unsure))

    def again(self, pair: StepPair, theirs: Signals, pairs: Pairs) -> Supposed:
        """Give the original's view once more with other signals, such as those of a moment ago."""
        return suppose(replace(pair.original.view, signals=theirs), pairs, safe=False)

    def _view(
        self,
        status: OriginalStatus,
        engines: Engines,
        trails: Mapping[CoinSymbol, Trail | None],
        signals: Signals,
    ) -> StepView:
        rules = engines.rules
        before = self._before(status)
        held = [
            self._holding(position, trails[position.coin], before)
            for position in status.held
            if position.quote
        ]
        totals = AccountTotals(
            status.total, status.buying_power, status.sell_value, status.buy_value, status.percent_in_trade
        )
        quotes = _quotes(status.positions)
        frozen = {coin: "no_price" for coin in rules.coins if coin not in quotes}
        return StepView(
            now=status.at,
            engines=engines,
            totals=totals,
            held=tuple(held),
            held_coins=frozenset([position.coin for position in status.held]),
            listed=rules.coins,
            quotes=quotes,
            signals={coin: signals.get(coin, SignalView(0, 0)) for coin in (*quotes, *rules.coins)},
            frozen=frozen,
            halted={},
            resting_stages={},
            funds=status.buying_power,
        )

    def _before(self, status: OriginalStatus) -> datetime:
        """Give the end of the step before: a status tells how things stood before its own step traded."""
        return self._last_at or status.at - _FIRST_STEP

    def _holding(self, position: OriginalPosition, trail: Trail | None, before: datetime) -> Holding:
        dca_times, last_sale_at = self._trades.window(position.coin, before)
        return Holding(
            position.coin,
            position.quantity,
            position.basis,
            position.stage,
            trail,
            dca_times,
            last_sale_at,
        )

    def _without_foreign(self, view: StepView, pairs: Pairs) -> StepView:
        """Leave out what compat=safe does not manage: the user's own coins (T03) and dust (T02)."""
        held = [position for position in view.held if self._is_own(position.coin)]
        worth = tuple([position for position in held if not is_dust(position, pairs)])
        return replace(view, held=worth, held_coins=frozenset([position.coin for position in worth]))

    def _keep(
        self,
        status: OriginalStatus,
        trails: tuple[Mapping[CoinSymbol, Trail | None], Mapping[CoinSymbol, Trail | None]],
        original: Supposed,
        safe: Supposed,
    ) -> None:
        for memory, before, after in (
            (self._shown, trails[0], original),
            (self._own, trails[1], safe),
        ):
            rules = after.view.engines.trailing.rules
            memory.forget_others(before.keys())
            for position in status.held:
                trail = after.trails.get(position.coin, before[position.coin])
                if trail is not None:
                    memory.keep(position, trail, rules, sold=_wants_to_sell(after, position.coin))


def is_dust(position: Holding, pairs: Pairs) -> bool:
    """Tell whether a position is below the venue's smallest sale."""
    instrument = pairs.get(position.coin)
    return instrument is not None and position.quantity < float(smallest_quantity(instrument))


def _wants_to_sell(step: Supposed, coin: CoinSymbol) -> bool:
    return any(wish.action.coin == coin and wish.action.kind is ActionKind.EXIT for wish in step.wishes)


def _quotes(positions: Iterable[OriginalPosition]) -> dict[CoinSymbol, Quote]:
    return {position.coin: position.quote for position in positions if position.quote is not None}
