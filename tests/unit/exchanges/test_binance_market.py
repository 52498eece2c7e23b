"""Prices and candles from Binance, over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import BadData, RetryLater
from powertrader.exchanges.binance_market import BinanceMarketClient
from powertrader.models.account import Quote
from powertrader.models.timeframe import Timeframe
from tests.unit.exchanges.binance_cases import START, START_MS, Desk, desk_of, refusal
from tests.unit.exchanges.stub_venue import Answer, Asked, StubVenue, json_answer, serving

HOUR_MS = 3_600_000
NOW = START + timedelta(minutes=30)
UNKNOWN = refusal(400, -1121, "Invalid symbol.")


def row(open_ms: int, close: str = "2.0") -> list[object]:
    return [open_ms, "1.5", "3.0", "1.0", close, "10", open_ms + HOUR_MS - 1, "20", 5, "5", "10", "0"]


def ticker(symbol: str, bid: str = "1.0", ask: str = "1.1") -> dict[str, str]:
    return {"symbol": symbol, "bidPrice": bid, "bidQty": "1", "askPrice": ask, "askQty": "1"}


class Recorded:
    """Serves hourly candles up to the running one, as Binance pages them."""

    def __init__(self, count: int) -> None:
        self.times = [START_MS - HOUR_MS * age for age in range(count)][::-1]

    def __call__(self, asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.target).query)
        start = int(query.get("startTime", ["-1"])[0])
        limit = int(query["limit"][0])
        found = [row(time_ms) for time_ms in self.times if time_ms >= start]
        return json_answer(found[:limit] if start >= 0 else found[-limit:])


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def desk(server: StubVenue) -> Iterator[Desk]:
    with desk_of(server, None) as found:
        yield found


@pytest.fixture
def market(desk: Desk) -> BinanceMarketClient:
    return BinanceMarketClient(desk.session, "USDT", ManualClock(NOW))


def test_no_coins_ask_nothing(desk: Desk, market: BinanceMarketClient) -> None:
    assert market.get_quotes([]) == {}
    assert desk.venue.asked == []


def test_one_coin_is_asked_for_alone(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(json_answer(ticker("BTCUSDT")))
    assert market.get_quotes(["BTC"]) == {"BTC": Quote(1.0, 1.1)}
    assert desk.venue.targets == ["/api/v3/ticker/bookTicker?symbol=BTCUSDT"]
    assert desk.budget.weights == [2]


def test_several_coins_are_one_call_and_those_without_a_price_are_left_out(
    desk: Desk, market: BinanceMarketClient
) -> None:
    rows = [
        ticker("BTCUSDT"),
        ticker("ETHUSDT", "0.00000000", "0.00000000"),
        ticker("XRPUSDT", "1.0", "0"),
        ticker("ADAUSDT", "nan", "1"),
        ticker("DOGEUSDT", "9.0", "9.5"),
        7,
        {"symbol": "SOLUSDT"},
    ]
    desk.answers(json_answer(rows))
    assert market.get_quotes(["BTC", "ETH", "XRP", "ADA", "SOL", "NOPE"]) == {"BTC": Quote(1.0, 1.1)}
    assert desk.venue.targets == ["/api/v3/ticker/bookTicker"]
    assert desk.budget.weights == [4]


def test_a_coin_that_binance_does_not_know_has_no_quote(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(UNKNOWN)
    assert market.get_quotes(["NOPE"]) == {}


def test_prices_that_make_no_sense_are_to_be_asked_for_again(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(json_answer("soon"))
    with pytest.raises(RetryLater, match="price of BTCUSDT"):
        market.get_quotes(["BTC"])


@pytest.mark.parametrize("count", [1, 2, 999, 1000, 1001, 2500])
def test_a_history_is_every_closed_candle_and_counts_the_running_one(
    desk: Desk, market: BinanceMarketClient, count: int
) -> None:
    desk.venue.respond = Recorded(count)
    history = market.history("BTC", Timeframe.HOUR_1)
    assert (len(history.candles), history.rows_counted) == (count - 1, count)
    assert history.row_number.tolist() == list(range(count - 1, 0, -1))
    if count > 1:
        assert history.candles.open_time_s[-1] == START_MS // 1000 - 3600
    assert set(desk.budget.weights) == {2}


def test_rows_that_are_no_candles_are_counted_and_left_out(desk: Desk, market: BinanceMarketClient) -> None:
    times = [START_MS - HOUR_MS * age for age in (8, 7, 6, 5, 4, 3, 2)]
    bad: list[object] = [
        [times[1], "1.5", "3.0", "nan", "2.0", "10"],
        [times[2], "1.5", "1.2", "1.0", "2.0", "10"],
        [times[3], "1.5"],
        "no row",
        [times[5] + 1, "1.5", "3.0", "1.0", "2.0", "10"],
    ]
    desk.answers(json_answer([row(times[0]), *bad, row(times[6])]))
    history = market.history("BTC", Timeframe.HOUR_1)
    assert history.rows_counted == 7
    assert history.row_number.tolist() == [6, 0]


def test_the_newest_closed_candle_is_not_the_running_one(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(json_answer([row(START_MS - HOUR_MS, "2.5"), row(START_MS, "2.9")]))
    candle = market.latest_closed("BTC", Timeframe.HOUR_1)
    assert candle is not None
    assert (candle.open_time_s, candle.open, candle.high, candle.low, candle.close, candle.volume) == (
        START_MS // 1000 - 3600,
        1.5,
        3.0,
        1.0,
        2.5,
        10.0,
    )
    assert len(desk.venue.asked) == 1


def test_a_coin_whose_first_candle_still_runs_has_none(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(json_answer([row(START_MS)]))
    assert market.latest_closed("BTC", Timeframe.HOUR_1) is None


@pytest.mark.parametrize(
    "timeframe, name",
    [
        (Timeframe.HOUR_1, "1h"),
        (Timeframe.HOUR_2, "2h"),
        (Timeframe.HOUR_4, "4h"),
        (Timeframe.HOUR_8, "8h"),
        (Timeframe.HOUR_12, "12h"),
        (Timeframe.DAY_1, "1d"),
        (Timeframe.WEEK_1, "1w"),
    ],
)
def test_every_timeframe_is_asked_for_by_binances_name(
    desk: Desk, market: BinanceMarketClient, timeframe: Timeframe, name: str
) -> None:
    desk.answers(json_answer([]))
    market.latest_closed("BTC", timeframe)
    assert f"interval={name}&" in desk.venue.targets[0]


def test_a_coin_that_binance_does_not_know_has_no_candles(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(UNKNOWN, UNKNOWN)
    with pytest.raises(BadData, match="NOPEUSDT"):
        market.history("NOPE", Timeframe.HOUR_1)
    with pytest.raises(BadData, match="NOPEUSDT"):
        market.latest_closed("NOPE", Timeframe.HOUR_1)


def test_a_page_that_is_no_list_is_bad(desk: Desk, market: BinanceMarketClient) -> None:
    desk.answers(json_answer({"rows": []}))
    with pytest.raises(BadData, match="klines"):
        market.history("BTC", Timeframe.HOUR_1)


def test_a_venue_that_gives_the_same_page_for_ever_is_left(desk: Desk, market: BinanceMarketClient) -> None:
    full = json_answer([row(START_MS - HOUR_MS * 2000 + n * HOUR_MS) for n in range(1000)])
    desk.venue.respond = lambda _asked: full
    assert len(market.history("BTC", Timeframe.HOUR_1).candles) == 1000
    assert len(desk.venue.asked) == 2
