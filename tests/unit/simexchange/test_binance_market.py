"""Binance's public endpoints, in the shapes that clients expect."""

from datetime import timedelta

import orjson
import pytest

from tests.unit.simexchange.cases import MARKET, WALL, Case, exchange_case

HOUR_MS = 3_600_000
MARKET_MS = int(MARKET.timestamp() * 1000)


@pytest.fixture(scope="module")
def case() -> Case:
    return exchange_case()


def test_ping_answers_and_time_is_the_wall_clock(case: Case) -> None:
    assert case.get("/api/v3/ping") == {}
    assert case.get("/api/v3/time") == {"serverTime": int(WALL.timestamp() * 1000)}


def test_candles_come_oldest_first_with_the_running_one_last(case: Case) -> None:
    rows = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", limit=3)
    assert [row[0] for row in rows] == [MARKET_MS - 2 * HOUR_MS, MARKET_MS - HOUR_MS, MARKET_MS]
    assert {len(row) for row in rows} == {12}
    running = rows[-1]
    assert running[6] == MARKET_MS + HOUR_MS - 1
    # nothing has closed within it yet: it stands at the last close
    assert running[1] == running[2] == running[3] == running[4] == rows[-2][4]


def test_a_day_holds_the_extremes_of_its_hours(case: Case) -> None:
    hours = case.get("/api/v3/klines", symbol="ETHUSDT", interval="1h", endTime=MARKET_MS - 1, limit=24)
    day = case.get("/api/v3/klines", symbol="ETHUSDT", interval="1d", limit=2)[0]
    assert day[0] == hours[0][0]
    assert (day[1], day[4]) == (hours[0][1], hours[-1][4])
    assert float(day[2]) == max(float(row[2]) for row in hours)
    assert float(day[3]) == min(float(row[3]) for row in hours)


def test_a_running_day_is_made_of_the_hours_so_far() -> None:
    case = exchange_case()
    case.wall.sleep(5)
    hours = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", limit=6)
    day = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1d", limit=1)[0]
    assert day[0] == MARKET_MS
    assert day[1] == hours[0][1]
    assert float(day[2]) == max(float(row[2]) for row in hours[:-1])
    assert day[4] == hours[-2][4]


def test_pages_by_start_time_join_without_gap_or_overlap(case: Case) -> None:
    start = MARKET_MS - 10 * HOUR_MS
    whole = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", startTime=start)
    first = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", startTime=start, limit=6)
    rest = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", startTime=first[-1][0] + 1)
    assert first + rest == whole
    assert len(whole) == 11


def test_at_most_a_thousand_candles_come(case: Case) -> None:
    assert len(case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", limit=5000)) <= 1000


def test_candles_that_the_market_cannot_make_are_none(case: Case) -> None:
    assert case.get("/api/v3/klines", symbol="BTCUSDT", interval="1m") == []


def test_tickers_of_one_some_and_all_pairs_agree(case: Case) -> None:
    every = case.get("/api/v3/ticker/bookTicker")
    assert [row["symbol"] for row in every] == ["BTCUSDT", "ETHUSDT"]
    assert case.get("/api/v3/ticker/bookTicker", symbol="ETHUSDT") == every[1]
    assert case.get("/api/v3/ticker/bookTicker", symbols='["ETHUSDT"]') == [every[1]]
    assert float(every[0]["bidPrice"]) < float(every[0]["askPrice"])
    price = float(case.get("/api/v3/ticker/price", symbol="BTCUSDT")["price"])
    assert float(every[0]["bidPrice"]) <= price <= float(every[0]["askPrice"])


def test_the_day_ticker_spans_24_hours(case: Case) -> None:
    ticker = case.get("/api/v3/ticker/24hr", symbol="BTCUSDT")
    assert ticker["closeTime"] - ticker["openTime"] == 24 * HOUR_MS
    assert float(ticker["lowPrice"]) <= float(ticker["lastPrice"]) <= float(ticker["highPrice"])
    assert len(case.get("/api/v3/ticker/24hr")) == 2
    assert case.get("/api/v3/avgPrice", symbol="BTCUSDT")["mins"] == 5


@pytest.mark.parametrize(
    "path, given, code",
    [
        ("/api/v3/klines", {"symbol": "NOPEUSDT", "interval": "1h"}, -1121),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "7h"}, -1120),
        ("/api/v3/klines", {"symbol": "BTCUSDT"}, -1102),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1h", "limit": "x"}, -1100),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1h", "limit": "0"}, -1130),
        ("/api/v3/klines", {"symbol": "BTCUSDT", "interval": "1h", "colour": "red"}, -1104),
        ("/api/v3/ping", {"x": "1"}, -1101),
        ("/api/v3/ticker/price", {"symbols": "[no json"}, -1100),
        ("/api/v3/ticker/price", {"symbols": '{"a":1}'}, -1100),
        ("/api/v3/ticker/price", {"symbols": '["NOPE"]'}, -1121),
        ("/api/v3/ticker/price", {"symbol": ""}, -1105),
    ],
)
def test_wrong_requests_get_binances_codes(
    case: Case, path: str, given: dict[str, object], code: int
) -> None:
    reply = case.reply("GET", path, **given)
    assert (reply.status, orjson.loads(reply.body)["code"]) == (400, code)


def test_an_unknown_path_is_not_found(case: Case) -> None:
    assert case.reply("GET", "/api/v3/nothing").status == 404


def test_used_weight_is_told_and_ends_in_refusals() -> None:
    case = exchange_case()
    assert case.reply("GET", "/api/v3/ping").headers["x-mbx-used-weight-1m"] == "1"
    assert case.reply("GET", "/api/v3/ticker/24hr").headers["x-mbx-used-weight-1m"] == "81"
    replies = [case.reply("GET", "/api/v3/ticker/24hr") for _ in range(100)]
    refused = next(reply for reply in replies if reply.status == 429)
    assert orjson.loads(refused.body)["code"] == -1003
    assert refused.headers["retry-after"] == "60"
    assert replies[-1].status == 418
    assert "banned until" in orjson.loads(replies[-1].body)["msg"]
    case.wall.sleep(121)
    assert case.reply("GET", "/api/v3/ping").status == 200


def test_the_market_never_ends_and_keeps_its_past() -> None:
    case = exchange_case()
    before = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1d", limit=20)[:-1]
    case.exchange.clock.move_to(MARKET + timedelta(days=800))
    assert case.get("/api/v3/ticker/price", symbol="BTCUSDT")["price"] > "0"
    after = case.get(
        "/api/v3/klines", symbol="BTCUSDT", interval="1d", startTime=before[0][0], limit=len(before)
    )
    assert after == before
