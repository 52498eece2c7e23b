"""The folder, the settings and the exchange of recorded trader cases follow golden/FORMAT.md."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from powertrader.core.exceptions import InsufficientFundsError, OrderUnknown, Rejected, RetryLater
from powertrader.models.order import OrderIntent, OrderState, Side
from powertrader.models.signal import SignalView
from powertrader.parity.recorded_exchange import ENDLESS, ProgramStopped, RecordedExchange
from powertrader.parity.recorded_folder import RecordedFolder, delta, shown_bounds

TICK = {"prices": {"BTCUSDT": ["99", "101"]}}


def exchange(**changes: Any) -> RecordedExchange:
    found = RecordedExchange(
        {
            "balances": [["USDT", "1000", "0"], ["BTC", "1", "0"]],
            "lots": {"BTCUSDT": {"stepSize": "0.1", "minQty": "0.2", "minNotional": "30"}, "ETHUSDT": None},
            "orders": [],
            "first_order_id": 7,
            "fee_rate": "0.01",
        }
        | changes
    )
    found.begin(1700000000.5, TICK)
    return found


def intent(side: Side, text: str, coin: str = "BTC", name: str = "a") -> OrderIntent:
    quantity = Decimal(text) if "x" not in text else Decimal(0)
    now = datetime(2024, 1, 1, tzinfo=UTC)
    return OrderIntent(name, coin, f"{coin}USDT", side, quantity, text, "entry", 1.0, None, None, "", now)


@pytest.mark.parametrize(
    "side, text, coin, code",
    [
        (Side.BUY, "4e-05", "BTC", "-1100"),
        (Side.BUY, "1", "XRP", "-1121"),
        (Side.BUY, "0.1", "BTC", "-1013"),
        (Side.BUY, "0.25", "BTC", "-1013"),
        (Side.BUY, "0.2", "BTC", "-1013"),
        (Side.BUY, "10", "BTC", "-2010"),
        (Side.SELL, "1.1", "BTC", "-2010"),
    ],
)
def test_an_order_is_refused_in_the_order_of_the_checks(side: Side, text: str, coin: str, code: str) -> None:
    venue = exchange()
    with pytest.raises(InsufficientFundsError if code == "-2010" else Rejected, match=code):
        venue.place_order(intent(side, text, coin))
    assert venue.log[0]["result"] == f"rejected:{code}"


def test_fills_move_money_with_the_fee_taken_from_what_is_received() -> None:
    venue = exchange()
    bought = venue.place_order(intent(Side.BUY, "2"))
    assert (venue.free["USDT"], venue.free["BTC"]) == (Decimal(798), Decimal("2.98"))
    assert (bought.order_id, bought.time_text, bought.fees) == (
        "7",
        "1700000000501",
        (("BTC", Decimal("0.02")),),
    )
    sold = venue.place_order(intent(Side.SELL, "1", name="b"))
    assert venue.free["USDT"] == Decimal("896.01")
    assert (sold.quote_quantity, sold.fees) == (Decimal(99), (("USDT", Decimal("0.99")),))


def test_a_scripted_order_settles_when_it_was_asked_after_often_enough() -> None:
    venue = exchange()
    venue.begin(1.0, {**TICK, "orders": [{"polls": 1, "final": "CANCELED", "executed": "0.5"}]})
    venue.place_order(intent(Side.BUY, "2"))
    seen = [venue.get_order("BTCUSDT", "a") for _ in range(2)]
    assert [report.state for report in seen if report] == [OrderState.PENDING, OrderState.CANCELED]
    assert venue.free["BTC"] == Decimal("1.99")


@pytest.mark.parametrize("kind, error", [("api", Rejected), ("order", Rejected), ("generic", OrderUnknown)])
def test_scripted_errors_raise_what_our_ports_promise(kind: str, error: type[Exception]) -> None:
    venue = exchange()
    venue.begin(1.0, {**TICK, "orders": [{"error": kind}]})
    with pytest.raises(error):
        venue.place_order(intent(Side.BUY, "2"))


def test_requests_fail_by_index_or_always() -> None:
    venue = exchange()
    venue.begin(1.0, {"fail": {"get_account": [1], "get_all_orders": "all"}})
    venue.get_account()
    with pytest.raises(RetryLater):
        venue.get_account()
    venue.get_account()
    for _ in range(2):
        with pytest.raises(RetryLater):
            venue.get_order_history("BTCUSDT")


def test_a_list_of_prices_serves_one_answer_per_request_and_repeats_the_last() -> None:
    venue = exchange()
    venue.begin(1.0, {"prices": {"BTCUSDT": [["1", "2"], None, ["0", "2"], ["3", "4"]]}})
    served = [venue.get_quotes(("BTC",)).get("BTC") for _ in range(5)]
    assert [quote.bid if quote else None for quote in served] == [1.0, None, None, 3.0, 3.0]


def test_a_case_can_kill_the_program_or_find_it_hanging() -> None:
    venue = exchange()
    venue.begin(1.0, {"kill_on_get_order": 1})
    venue.get_order("BTCUSDT", "a")
    with pytest.raises(ProgramStopped, match="killed"):
        venue.get_order("BTCUSDT", "a")
    venue.begin(1.0, {})
    for _ in range(ENDLESS):
        venue.get_order("BTCUSDT", "a")
    with pytest.raises(ProgramStopped, match="hang"):
        venue.get_order("BTCUSDT", "a")


def test_pairs_are_those_of_the_case_unless_it_hides_them() -> None:
    venue = exchange()
    assert list(venue.get_instruments()) == ["BTCUSDT", "ETHUSDT"]
    assert venue.get_instrument("XRPUSDT") is None
    venue.begin(1.0, {"no_pairs": True, "set_balances": {"BTC": "5"}})
    assert (venue.get_instruments(), venue.free["BTC"]) == ({}, Decimal(5))


def test_bounds_are_read_through_every_decoration() -> None:
    assert shown_bounds("[3; 1|2.5\n2.5 bad,(4") == (3.0, 2.5, 1.0)
    assert shown_bounds("") == ()


def test_signals_of_bitcoin_lie_in_the_main_folder_and_others_below() -> None:
    folder = RecordedFolder({"long_dca_signal.txt": "4.9", "n/ETH/long_dca_signal.txt": "x", "n/a": ""})
    assert folder.signal(".", "BTC") == SignalView(4, 0)
    assert folder.signal(".", "ETH") == SignalView(0, 0)
    assert (folder.resolved("n/"), folder.resolved("m")) == ("n", None)


def test_a_file_can_be_written_kept_in_time_and_deleted() -> None:
    folder = RecordedFolder({"gui_settings.json": "{}"})
    before = dict(folder.files)
    folder.change(
        {"gui_settings.json": {"text": "[]", "keep_mtime": True}, "a.jsonl": '{"x": 1}\n', "b.json": "{"}
    )
    assert folder.settings_version == 1
    assert delta(before, folder.files) == {
        "gui_settings.json": {"json": []},
        "a.jsonl": {"append": [{"x": 1}]},
        "b.json": {"text": "{"},
    }
    folder.change({"b.json": None, "gui_settings.json": "{}"})
    assert (delta({"b.json": ""}, {}), folder.settings_version) == ({"b.json": None}, 2)


def test_a_settings_file_that_comes_back_has_no_old_time_to_keep() -> None:
    folder = RecordedFolder({"gui_settings.json": "{}"})
    folder.change({"gui_settings.json": None})
    folder.change({"gui_settings.json": {"text": "[]", "keep_mtime": True}})
    assert folder.settings_version == 2
