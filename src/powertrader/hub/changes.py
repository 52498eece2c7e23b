"""change_between: what is new in a view, so that panels draw no more than that."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from powertrader.hub.view import Change, HubView, Part
from powertrader.models.snapshot import CoinView, Snapshot, TrainingView

_AGE_STEP_S: Final = 3600.0
"""The age of a training grows all the time; it counts as new once an hour."""


def change_between(before: HubView, after: HubView) -> Change:
    """Give what is new in the later of two views."""
    old, new = before.snapshot, after.snapshot
    known = {one.coin: one for one in old.coins}
    coins = frozenset([one.coin for one in new.coins if not _same(known.get(one.coin), one)])
    parts = set(_parts(before, after))
    if coins:
        parts.add(Part.COINS)
    if [one.coin for one in old.coins] != [one.coin for one in new.coins]:
        parts |= {Part.COINS, Part.COIN_LIST}
    return Change(frozenset(parts), coins)


def _parts(before: HubView, after: HubView) -> Iterator[Part]:
    old, new = before.snapshot, after.snapshot
    pairs: tuple[tuple[Part, object, object], ...] = (
        (Part.PROCESSES, (before.workers, _processes(old)), (after.workers, _processes(new))),
        (Part.ACCOUNT, old.trader, new.trader),
        (Part.SETTINGS, before.settings, after.settings),
        (Part.FINDINGS, (before.findings, before.problems), (after.findings, after.problems)),
    )
    yield from (part for part, one, other in pairs if one != other)
    # these are handed on as the same object while nothing is new in them
    if before.trades is not after.trades:
        yield Part.TRADES
    if before.account is not after.account:
        yield Part.HISTORY
    if before.output is not after.output:
        yield Part.OUTPUT
    if after.news:
        yield Part.NEWS


def _processes(snapshot: Snapshot) -> object:
    return (
        snapshot.processes,
        snapshot.thinker,
        snapshot.observers,
        snapshot.free_bytes,
        snapshot.market_at,
        snapshot.venues,
        snapshot.wishes,
    )


def _same(one: CoinView | None, other: CoinView) -> bool:
    if one is other:
        return True
    return one is not None and _shown(one) == _shown(other)


def _shown(view: CoinView) -> tuple[object, ...]:
    return (
        _training(view.training),
        view.signal,
        view.position,
        view.verdict,
        view.waiting,
        view.frozen,
        view.halted,
    )


def _training(view: TrainingView) -> TrainingView:
    steps = None if view.age_s is None else view.age_s // _AGE_STEP_S
    return replace(view, age_s=steps)
