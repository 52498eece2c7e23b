"""Every recorded trader case again, with Binance's wire format and our real clients in between.

The whole session trades through python-binance with a web server that answers as the case says, and
must do in every tick what it does without the wire, where golden/test_trader_vectors.py holds it to the
recording: orders, books, files, status, memory, deviations.

compat=original asks more than our clients do in three ways. It asks for the rules of one pair; they take
those of all pairs, so cases that let only that request fail are left to compat=safe. It looks an order of
an earlier program up by the exchange's number; they know client ids only, so the venue gives such an order
its number for one. And it sends quantities such as 1e-05, which Binance refuses; they are refused before
they are sent.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

from powertrader.core.credentials import Secret
from powertrader.core.exceptions import AccessRefused
from powertrader.exchanges.binance_session import BinanceSession
from powertrader.models.types import Compat
from powertrader.parity.case import Case, Difference, case_files, differences, load_case
from powertrader.parity.trader_run import TraderRun
from tests.golden.exchange_over_http import ExchangeOverHttp, session_with
from tests.golden.recorded_venue import KEYS, RecordedVenue
from tests.unit.exchanges.stub_venue import StubVenue, serving

RECORDED: Final = Path(__file__).parents[2] / "legacy" / "recorded" / "trader"
FILES: Final = case_files(RECORDED)
NAMES: Final = tuple(path.name.split(".")[0] for path in FILES)
NOT_SENT: Final = "rejected:-1100"

pytestmark = [pytest.mark.golden, pytest.mark.money]


@dataclass(frozen=True, slots=True)
class Line:
    """The way to the exchange."""

    server: StubVenue
    venue: RecordedVenue
    session: BinanceSession


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    venue = RecordedVenue()
    with serving() as server:
        server.respond = venue.answer
        session = session_with(server.address, KEYS)
        yield Line(server, venue, session)
        session.close()


@cache
def recorded(name: str) -> Case:
    return load_case(FILES[NAMES.index(name)])


def moments_of(inputs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for run in inputs["runs"]:
        yield run.get("init") or {}
        yield from run["ticks"]


def scripts_of(inputs: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for moment in moments_of(inputs):
        yield from moment.get("orders") or ()


def results_of(outputs: Mapping[str, Any]) -> Iterator[str]:
    for run in outputs["runs"]:
        for tick in run["ticks"]:
            yield from (order["result"] for order in tick["orders"])


def asks_for_one_pair(case: Case) -> bool:
    return any("get_symbol_info" in (moment.get("fail") or {}) for moment in moments_of(case.inputs))


def has_a_pair_without_lots(case: Case) -> bool:
    return None in case.inputs["exchange"]["lots"].values()


def prices_what_is_not_listed(case: Case) -> bool:
    listed = case.inputs["exchange"]["lots"]
    return any(
        price is not None and symbol not in listed
        for moment in moments_of(case.inputs)
        for symbol, price in moment.get("prices", {}).items()
    )


def lists_no_pairs(case: Case) -> bool:
    return any(moment.get("no_pairs") for moment in moments_of(case.inputs))


def fills_nothing(case: Case) -> bool:
    return any(
        one.get("final") == "FILLED" and float(one["executed"]) == 0 for one in scripts_of(case.inputs)
    )


def does_not_know_a_listed_pair(case: Case) -> bool:
    return "rejected:-1121" in results_of(case.outputs)


def raises_as_the_library(case: Case) -> bool:
    return any(one.get("error") == "order" for one in scripts_of(case.inputs))


def counts_more_than_eight_decimals(case: Case) -> bool:
    told = [free for _, free, _ in case.inputs["exchange"]["balances"]]
    for run in case.outputs["runs"]:
        for tick in run["ticks"]:
            told += (tick.get("balances") or {}).values()
    return any(len(free.partition(".")[2]) > 8 for free in told)


def stops_the_program(case: Case) -> bool:
    return any(moment.get("kill_on_get_order") is not None for moment in moments_of(case.inputs))


UNREAL: Final[Mapping[Callable[[Case], bool], tuple[str, ...]]] = {
    asks_for_one_pair: ("trader_sell_lot_error", "trader_size_lot_lookup_error"),
    has_a_pair_without_lots: ("trader_size_lot_lookup_error", "trader_size_no_lot_filter"),
    prices_what_is_not_listed: ("trader_size_no_symbol_info",),
    lists_no_pairs: ("trader_no_pairs",),
    fills_nothing: ("trader_buy_without_fill_data", "trader_sell_without_fill_data"),
    does_not_know_a_listed_pair: ("trader_fuzz_3",),
    raises_as_the_library: ("trader_buy_errors",),
    counts_more_than_eight_decimals: ("trader_fuzz_2", "trader_sell_lot_error", "trader_trail_fee_dust"),
    stops_the_program: ("trader_killed_mid_buy", "trader_killed_mid_sell"),
}
"""What no real exchange does by itself, and the cases with it; all but the first can be sent all the same."""
POSSIBLE: Final = tuple(name for name in NAMES if name not in UNREAL[asks_for_one_pair])


@pytest.mark.parametrize("feature", UNREAL, ids=lambda feature: feature.__name__)
def test_what_no_real_exchange_does_is_in_the_cases_we_name(feature: Callable[[Case], bool]) -> None:
    assert tuple(name for name in NAMES if feature(recorded(name))) == UNREAL[feature]


def test_most_cases_could_have_come_from_a_real_exchange() -> None:
    assert (len(NAMES), len({name for names in UNREAL.values() for name in names})) == (102, 13)


def over_http(line: Line, inputs: Mapping[str, Any], compat: Compat) -> list[dict[str, Any]]:
    line.server.asked.clear()
    exchange = ExchangeOverHttp(inputs["exchange"], line.venue, line.session)
    return list(TraderRun(inputs, compat, exchange).runs())


def without_unsent(runs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    for run in runs:
        for moment in (run["init"], *run["ticks"]):
            moment["orders"] = [order for order in moment["orders"] if order["result"] != NOT_SENT]
    return runs


def lost_on_the_wire(line: Line, inputs: Mapping[str, Any], compat: Compat) -> tuple[Difference, ...]:
    expected = without_unsent(list(TraderRun(inputs, compat).runs()))
    return tuple(differences("runs", expected, over_http(line, inputs, compat)))


@pytest.mark.parametrize("name", POSSIBLE)
def test_the_original_trades_over_http_as_recorded(line: Line, name: str) -> None:
    assert lost_on_the_wire(line, recorded(name).inputs, "original") == ()


@pytest.mark.parametrize("name", NAMES)
def test_safe_decides_over_http_as_without_it(line: Line, name: str) -> None:
    assert lost_on_the_wire(line, recorded(name).inputs, "safe") == ()


def test_quantities_that_binance_would_refuse_are_not_sent(line: Line) -> None:
    case = recorded("trader_size_scientific_qty")
    over_http(line, case.inputs, "original")
    assert NOT_SENT in results_of(case.outputs)
    assert not [asked for asked in line.server.asked if asked.method == "POST"]


def test_every_answer_came_over_the_wire(line: Line) -> None:
    over_http(line, recorded("trader_trail_basic").inputs, "original")
    asked = {f"{one.method} {one.target.partition('?')[0]}" for one in line.server.asked}
    assert asked == {
        "GET /api/v3/account",
        "GET /api/v3/exchangeInfo",
        "GET /api/v3/ticker/bookTicker",
        "GET /api/v3/allOrders",
        "POST /api/v3/order",
        "GET /api/v3/order",
        "GET /api/v3/myTrades",
    }


def test_a_venue_that_takes_other_fees_is_noticed(line: Line) -> None:
    inputs = recorded("trader_trail_basic").inputs
    expected = list(TraderRun(inputs, "safe").runs())
    fee = str(Decimal(inputs["exchange"]["fee_rate"]) + Decimal("0.0001"))
    changed = {**inputs, "exchange": {**inputs["exchange"], "fee_rate": fee}}
    assert list(differences("runs", expected, over_http(line, changed, "safe")))


def test_a_wrong_secret_gets_no_answer(line: Line) -> None:
    inputs = recorded("trader_trail_basic").inputs
    stranger = session_with(line.server.address, replace(KEYS, api_secret=Secret("another-secret")))
    exchange = ExchangeOverHttp(inputs["exchange"], line.venue, stranger)
    with pytest.raises(AccessRefused, match="signature is wrong"):
        exchange.get_account()
    stranger.close()
