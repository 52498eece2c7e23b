"""Recorded trader cases through our session, with compat=original and with compat=safe."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from powertrader.core.constants import QUOTE_ASSET
from powertrader.parity.case import Case, Difference, differences
from powertrader.parity.finding import Finding
from powertrader.parity.trader_run import TraderRun
from powertrader.trader.desk import Deviation

REL: Final = 1e-9
_LISTS: Final = ("dca_levels_triggered", "dca_buy_ts")


def run_case(case: Case) -> tuple[Difference, ...]:
    """Run a case with compat=original and list what is not as recorded.

    Orders, files and ends are compared exactly, numbers in memory to 1e-9 relative. A list of DCA
    stages or times that is empty counts as absent.
    """
    ours = list(TraderRun(case.inputs, "original").runs())
    return tuple(_compared(case.outputs["runs"], ours))


def _compared(recorded: list[Any], ours: list[Any]) -> Iterator[Difference]:
    yield from differences("runs", len(recorded), len(ours))
    for number, (expected, actual) in enumerate(zip(recorded, ours, strict=False)):
        where = f"run {number}"
        yield from _moment(f"{where} start", expected["init"], actual["init"])
        yield from differences(f"{where} ticks", len(expected["ticks"]), len(actual["ticks"]))
        for index, pair in enumerate(zip(expected["ticks"], actual["ticks"], strict=False)):
            yield from _moment(f"{where} tick {index}", *pair)
        yield from differences(f"{where} end", expected["end"], actual["end"])


def _moment(where: str, expected: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[Difference]:
    yield from differences(f"{where} orders", expected["orders"], actual["orders"])
    for key in ("raised", "partial", "balances"):
        yield from differences(f"{where} {key}", expected.get(key), actual.get(key))
    yield from differences(f"{where} files", expected["files"], actual["files"])
    yield from differences(f"{where} state", _state(expected["state"]), _state(actual["state"]), rel=REL)


def _state(state: Any) -> Any:
    if state is None:
        return None
    return {
        name: {coin: value for coin, value in part.items() if value or name not in _LISTS}
        for name, part in state.items()
    }


def run_case_safe(case: Case) -> tuple[Finding, ...]:
    """Run a case with compat=safe and list every tick whose orders are not the recorded ones.

    Coins held at the start are adopted first. Each finding carries a deviation that our code
    reported: the first of that tick, else the last of an earlier one, and of a coin whose orders
    differ if there is any. None means that nothing explains the difference.
    """
    findings: list[Finding] = []
    known: list[Deviation] = []
    runs = TraderRun(case.inputs, "safe").runs()
    for number, (expected, actual) in enumerate(zip(case.outputs["runs"], runs, strict=True)):
        known += actual["init"]["deviations"]
        for index, (left, right) in enumerate(zip(expected["ticks"], actual["ticks"], strict=False)):
            original, ours = _decisions(left["orders"]), _decisions(right["orders"])
            present = right["deviations"]
            if original != ours:
                symbols = {order[1] for order in set(original) ^ set(ours)}
                deviation = _explanation(symbols, present, known)
                findings.append(Finding(f"run {number} tick {index}", str(original), str(ours), deviation))
            known += present
    return tuple(findings)


def _decisions(orders: list[Mapping[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    return tuple((order["side"], order["symbol"], order["quantity"]) for order in orders)


def _explanation(
    symbols: AbstractSet[str], present: Sequence[Deviation], known: Sequence[Deviation]
) -> str | None:
    def own(found: Deviation) -> bool:
        return found.coin is not None and f"{found.coin}{QUOTE_ASSET}" in symbols

    earlier = list(reversed(known))
    ranked = (*filter(own, present), *present, *filter(own, earlier), *earlier)
    return ranked[0].id if ranked else None
