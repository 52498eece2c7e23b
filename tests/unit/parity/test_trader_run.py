"""A recorded case run by our session: what the folder and a restart do to it (golden/FORMAT.md, trader)."""

import json
from typing import Any

from powertrader.models.types import Compat
from powertrader.parity.trader_run import LEDGER, STATUS, TRADES, TraderRun

KEYS = {"b_key.txt": "k", "b_secret.txt": "s"}
SETTINGS = "gui_settings.json"
START = 1700000000
BOUGHT = {
    "symbol": "BTCUSDT",
    "orderId": 500,
    "origQty": "1",
    "executedQty": "1",
    "cummulativeQuoteQty": "100",
    "status": "FILLED",
    "side": "BUY",
    "time": START * 1000,
}


def tick(number: int, price: Any = ("99", "101"), **changes: Any) -> dict[str, Any]:
    asked = list(price) if isinstance(price, tuple) else price
    return {"now": START + 10 * number, "prices": {"BTCUSDT": asked}, **changes}


def outputs_of(
    files: dict[str, str], *runs: list[dict[str, Any]], compat: Compat = "original", **exchange: Any
) -> list[dict[str, Any]]:
    inputs = {
        "files": KEYS | {SETTINGS: '{"coins": ["BTC"]}'} | files,
        "exchange": {
            "balances": [["USDT", "1000", "0"], ["BTC", "1", "0"]],
            "lots": {"BTCUSDT": {"stepSize": "0.1", "minQty": "0.1"}},
            "orders": [BOUGHT],
            "first_order_id": 1000,
            "fee_rate": "0",
        }
        | exchange,
        "runs": [{"start_now": START, "ticks": ticks} for ticks in runs],
    }
    return list(TraderRun(inputs, compat).runs())


def safe_ticks(files: dict[str, str], ticks: list[dict[str, Any]], **exchange: Any) -> list[dict[str, Any]]:
    return list(outputs_of(files, ticks, compat="safe", **exchange)[0]["ticks"])


def gap_shown(result: dict[str, Any]) -> float:
    return float(result["files"][STATUS]["json"]["account"]["trailing_gap_pct"])


def test_settings_repaired_under_the_old_time_stamp_are_read() -> None:
    repaired = {"text": '{"coins": ["BTC"], "trailing_gap_pct": 3}', "keep_mtime": True}
    ticks = [tick(0), tick(1, files={SETTINGS: repaired})]
    assert [gap_shown(result) for result in outputs_of({SETTINGS: "{"}, ticks)[0]["ticks"]] == [0.5, 3.0]
    assert [gap_shown(result) for result in outputs_of({}, ticks)[0]["ticks"]] == [0.5, 0.5]


def test_a_history_that_somebody_changed_during_a_run_is_read_at_the_next_start() -> None:
    line = json.dumps({"ts": START, "side": "buy", "tag": "DCA", "symbol": "BTCUSDT"})
    first, second = outputs_of({}, [tick(0, files={TRADES: f"{line}\n"})], [tick(1)])
    assert first["ticks"][0]["state"]["dca_buy_ts"] == {}
    assert second["init"]["state"]["dca_buy_ts"] == {"BTC": [float(START)]}


def test_a_start_that_waits_for_ever_has_learnt_the_basis_and_no_window() -> None:
    never_ends = BOUGHT | {"orderId": 501, "status": "NEW", "executedQty": "0", "cummulativeQuoteQty": "0"}
    pending = {"pending_orders": {"501": {"symbol": "BTCUSDT", "side": "buy"}}}
    line = json.dumps({"ts": START, "side": "sell", "symbol": "BTCUSDT"})
    files = {LEDGER: json.dumps(pending), TRADES: f"{line}\n"}
    (run,) = outputs_of(files, [tick(0)], orders=[BOUGHT, never_ends])
    assert (run["end"], run["ticks"]) == ("hang", [])
    assert run["init"]["state"]["cost_basis"] == {"BTC": 100.0}
    assert run["init"]["state"]["dca_last_sell_ts"] == {}


def test_a_coin_that_is_listed_twice_is_asked_for_once() -> None:
    twice = {SETTINGS: '{"coins": ["BTC", "BTC"]}'}
    prices = [["99", "101"], ["49", "51"]]
    (run,) = outputs_of(twice, [tick(0, prices)], balances=[["USDT", "1000", "0"]])
    assert run["ticks"][0]["files"]["BTC_current_price.txt"] == {"text": "101.0"}


def test_a_tick_that_is_killed_still_names_what_differs_in_it() -> None:
    signal = {"long_dca_signal.txt": "3", "short_dca_signal.txt": "0"}
    fine = {"BTCUSDT": {"stepSize": "0.00001", "minQty": "0.00001"}}
    killed = tick(0, ("49999", "50000"), orders=[{"polls": 1}], kill_on_get_order=0)
    (found,) = safe_ticks(signal, [killed], lots=fine, balances=[["USDT", "1000", "0"]])
    assert (found["partial"], found["orders"][0]["quantity"]) == ("killed", "0.00001")
    assert "T01" in [deviation.id for deviation in found["deviations"]]


def test_what_a_sale_leaves_in_the_account_is_named_where_the_coin_may_be_entered_again() -> None:
    signal = {"long_dca_signal.txt": "3", "short_dca_signal.txt": "0"}
    prices = [("99", "101"), ("119", "120"), ("90", "91")]
    ticks = [tick(number, price) for number, price in enumerate(prices)]
    balances = [["USDT", "1000", "0"], ["BTC", "1.05", "0"]]
    found = safe_ticks(signal, ticks, balances=balances)
    assert [order["quantity"] for order in found[2]["orders"] if order["side"] == "SELL"] == ["1.0"]
    assert ("T02", "BTC") in [(deviation.id, deviation.coin) for deviation in found[2]["deviations"]]
