"""KuCoin's public endpoints, in the shapes that clients expect."""

import orjson
import pytest

from tests.unit.simexchange.cases import MARKET, WALL, Case, exchange_case

CANDLES = "/api/v1/market/candles"
MARKET_S = int(MARKET.timestamp())
HOUR_S = 3600


@pytest.fixture(scope="module")
def case() -> Case:
    return exchange_case()


def rows_of(case: Case, **given: object) -> list[list[str]]:
    reply = case.get(CANDLES, symbol="BTC-USDT", **given)
    assert reply["code"] == "200000"
    rows: list[list[str]] = reply["data"]
    return rows


def test_candles_come_newest_first_with_the_close_before_high_and_low(case: Case) -> None:
    rows = rows_of(case, type="4hour")
    times = [int(row[0]) for row in rows]
    assert times == sorted(times, reverse=True)
    for _, opened, closed, high, low, *_ in rows:
        assert float(low) <= min(float(opened), float(closed))
        assert float(high) >= max(float(opened), float(closed))
    assert all(isinstance(value, str) for row in rows for value in row)
    assert {len(row) for row in rows} == {7}


def test_row_0_is_the_running_candle_made_of_what_has_closed_so_far() -> None:
    case = exchange_case()
    case.wall.sleep(2)
    running, closed, *_ = rows_of(case, type="4hour")
    hours = rows_of(case, type="1hour")
    assert int(running[0]) == MARKET_S
    assert int(closed[0]) == MARKET_S - 4 * HOUR_S
    assert running[2] == hours[1][2]
    assert float(running[3]) == max(float(hours[1][3]), float(hours[2][3]))


def test_the_same_candles_come_from_both_venues(case: Case) -> None:
    kucoin = rows_of(case, type="1hour")[1:4]
    binance = case.get("/api/v3/klines", symbol="BTCUSDT", interval="1h", limit=4)[:-1]
    assert [(int(row[0]), float(row[1]), float(row[2])) for row in reversed(kucoin)] == [
        (row[0] // 1000, float(row[1]), float(row[4])) for row in binance
    ]


def test_weeks_begin_on_thursday(case: Case) -> None:
    running = rows_of(case, type="1week")[0]
    assert int(running[0]) % (7 * 24 * HOUR_S) == 0


def test_a_window_gives_what_began_inside_and_an_empty_one_gives_an_empty_list(case: Case) -> None:
    start = MARKET_S - 10 * HOUR_S
    rows = rows_of(case, type="1hour", startAt=start, endAt=start + 5 * HOUR_S)
    assert [int(row[0]) for row in rows][-1] == start
    assert rows_of(case, type="1hour", startAt=1000, endAt=90000) == []


def test_at_most_1500_rows_come(case: Case) -> None:
    case = exchange_case()
    case.wall.sleep(100 * 24)
    assert len(rows_of(case, type="1hour", startAt=1, endAt=MARKET_S + 101 * 24 * HOUR_S)) == 1500


@pytest.mark.parametrize(
    "given",
    [
        {"symbol": "BTCUSDT", "type": "1hour"},
        {"symbol": "NOPE-USDT", "type": "1hour"},
        {"symbol": "BTC-EUR", "type": "1hour"},
        {"symbol": "BTC-USDT", "type": "1h"},
        {"symbol": "BTC-USDT", "type": "1hour", "startAt": "-5"},
        {"symbol": "BTC-USDT", "type": "1hour", "endAt": "9" * 400},
        {},
    ],
)
def test_bad_parameters_get_kucoins_code(case: Case, given: dict[str, object]) -> None:
    reply = case.reply("GET", CANDLES, **given)
    content = orjson.loads(reply.body)
    assert content["code"] == "400100"
    assert content["msg"]


def test_tickers_agree_with_binance(case: Case) -> None:
    one = case.get("/api/v1/market/orderbook/level1", symbol="ETH-USDT")["data"]
    every = case.get("/api/v1/market/allTickers")["data"]["ticker"]
    book = case.get("/api/v3/ticker/bookTicker", symbol="ETHUSDT")
    assert (one["bestBid"], one["bestAsk"]) == (book["bidPrice"], book["askPrice"])
    assert [row["symbol"] for row in every] == ["BTC-USDT", "ETH-USDT"]
    assert every[1]["buy"] == one["bestBid"]


def test_time_is_the_wall_clock_and_the_venue_is_open(case: Case) -> None:
    assert case.get("/api/v1/timestamp")["data"] == int(WALL.timestamp() * 1000)
    assert case.get("/api/v1/status")["data"]["status"] == "open"


def test_too_many_requests_are_refused_until_the_window_ends() -> None:
    case = exchange_case()
    replies = [case.reply("GET", CANDLES, symbol="BTC-USDT", type="1day") for _ in range(700)]
    refused = [reply for reply in replies if reply.status == 429]
    assert len(replies) - len(refused) == 666
    assert orjson.loads(refused[0].body)["code"] == "429000"
    case.wall.sleep(30)
    assert case.reply("GET", "/api/v1/timestamp").status == 200
