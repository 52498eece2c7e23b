"""The KuCoin client over HTTP, against a server that says what the test wants."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.exceptions import AccessRefused, BadData, RateLimitError, RetryLater
from powertrader.core.retry import RetryPolicy
from powertrader.exchanges.kucoin import KuCoinMarketClient, KuCoinVenue
from powertrader.models.account import Quote
from powertrader.models.timeframe import Timeframe
from tests.unit.exchanges.stub_venue import (
    CUT,
    Answer,
    Asked,
    CountingBudget,
    StubVenue,
    json_answer,
    serving,
)
from tests.unit.noting_watch import ANSWER, NotingWatch

START = datetime(2024, 1, 1, tzinfo=UTC)
HOUR = 3600
NOW_S = int(START.timestamp()) + 1800
RETRIES = RetryPolicy(max_tries=3, first_delay_s=3.5, factor=2.0)


def row(time_s: int, close: float = 2.0) -> list[str]:
    return [str(time_s), "1.5", str(close), "3.0", "1.0", "10", "20"]


def page(*rows: list[str]) -> Answer:
    return json_answer({"code": "200000", "data": list(rows)})


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def venue(server: StubVenue) -> StubVenue:
    server.reset()
    return server


@pytest.fixture
def budget() -> CountingBudget:
    return CountingBudget()


@pytest.fixture
def wall() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def client(venue: StubVenue, budget: CountingBudget, wall: ManualClock) -> Iterator[KuCoinMarketClient]:
    market = ManualClock(START + timedelta(seconds=1800))
    made = KuCoinMarketClient(KuCoinVenue(venue.address, retries=RETRIES, timeout_s=5), budget, wall, market)
    yield made
    made.close()


class Recorded:
    """Serves hourly candles up to the present one, as KuCoin pages them."""

    def __init__(self, count: int, missing: frozenset[int] = frozenset()) -> None:
        newest = NOW_S - NOW_S % HOUR
        self.times = [newest - HOUR * age for age in range(count) if age not in missing]

    def __call__(self, asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.target).query)
        start, end = (int(query[name][0]) for name in ("startAt", "endAt"))
        return page(*(row(time_s) for time_s in self.times if start <= time_s < end))


def test_making_a_client_and_asking_for_nothing_sends_nothing(
    client: KuCoinMarketClient, venue: StubVenue
) -> None:
    assert client.get_quotes([]) == {}
    client.close()
    assert venue.asked == []


def test_history_is_every_closed_candle_and_counts_the_running_one(
    client: KuCoinMarketClient, venue: StubVenue, budget: CountingBudget
) -> None:
    venue.respond = Recorded(2200)
    history = client.history("BTC", Timeframe.HOUR_1)
    assert history.rows_counted == 2200
    assert len(history.candles) == 2199
    assert history.row_number.tolist() == list(range(2199, 0, -1))
    assert history.candles.open_time_s[-1] == NOW_S - NOW_S % HOUR - HOUR
    path = "/api/v1/market/candles?symbol=BTC-USDT&type=1hour"
    assert venue.targets == [
        f"{path}&startAt={NOW_S - 5400000}&endAt={NOW_S}",
        f"{path}&startAt={NOW_S - 10800000}&endAt={NOW_S - 5400000}",
    ]
    assert budget.weights == [3, 3]


def test_each_silence_and_each_answer_is_told(venue: StubVenue) -> None:
    watch, clock = NotingWatch(), ManualClock(START)
    where = KuCoinVenue(venue.address, retries=RETRIES, timeout_s=5)
    client = KuCoinMarketClient(where, CountingBudget(), clock, clock, watch)
    venue.queue[:] = [Answer(b"", 503), page()]
    client.latest_closed("BTC", Timeframe.HOUR_1)
    client.close()
    assert len(watch.heard) == 2
    assert "503" in watch.heard[0]
    assert watch.heard[1] == ANSWER


def test_an_empty_page_counts_as_one_row(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.respond = Recorded(1500)
    history = client.history("BTC", Timeframe.HOUR_1)
    assert len(venue.asked) == 2
    assert history.rows_counted == 1501
    assert len(history.candles) == 1499


def test_a_coin_without_any_candle_has_an_empty_history(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.respond = Recorded(0)
    history = client.history("BTC", Timeframe.HOUR_1)
    assert (len(history.candles), history.rows_counted) == (0, 1)


def test_hours_without_trades_are_gaps_and_nothing_else(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.respond = Recorded(100, missing=frozenset({5, 6, 50}))
    history = client.history("BTC", Timeframe.HOUR_1)
    assert (len(history.candles), history.rows_counted) == (96, 97)


def test_rows_that_come_twice_or_out_of_order_are_counted_and_left_out(
    client: KuCoinMarketClient, venue: StubVenue
) -> None:
    times = [NOW_S - HOUR * age for age in (1, 2, 2, 4, 3, 5)]
    venue.queue.append(page(*map(row, times)))
    history = client.history("BTC", Timeframe.HOUR_1)
    assert history.rows_counted == 6
    assert history.row_number.tolist() == [5, 3, 1, 0]


def test_the_weeks_of_the_venue_are_taken_as_they_come(client: KuCoinMarketClient, venue: StubVenue) -> None:
    week = 7 * 24 * HOUR
    monday = int(START.timestamp())
    venue.queue.append(page(row(monday), row(monday - week), row(monday - 2 * week)))
    assert client.history("BTC", Timeframe.WEEK_1).candles.open_time_s.tolist() == [
        monday - 2 * week,
        monday - week,
    ]


def test_the_newest_closed_candle_is_not_the_running_one(
    client: KuCoinMarketClient, venue: StubVenue, budget: CountingBudget
) -> None:
    running = NOW_S - NOW_S % HOUR
    venue.queue.append(page(row(running, 2.9), row(running - HOUR, 2.5), row(running - 2 * HOUR)))
    candle = client.latest_closed("BTC", Timeframe.HOUR_1)
    assert candle is not None
    assert (candle.open_time_s, candle.open, candle.high, candle.low) == (running - HOUR, 1.5, 3.0, 1.0)
    assert (candle.close, candle.volume) == (2.5, 10.0)
    assert venue.targets == ["/api/v1/market/candles?symbol=BTC-USDT&type=1hour"]
    assert budget.weights == [3]


def test_row_0_is_the_newest_closed_candle_when_nothing_has_been_traded_since(
    client: KuCoinMarketClient, venue: StubVenue
) -> None:
    venue.queue.append(page(row(NOW_S - HOUR, 2.25), row(NOW_S - 2 * HOUR)))
    candle = client.latest_closed("BTC", Timeframe.HOUR_1)
    assert candle is not None
    assert candle.close == 2.25


def test_without_a_closed_candle_there_is_none(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.queue += [page(), page(row(NOW_S - 60))]
    assert client.latest_closed("BTC", Timeframe.HOUR_1) is None
    assert client.latest_closed("BTC", Timeframe.HOUR_1) is None


def test_a_row_that_is_no_candle_is_reported_once(
    client: KuCoinMarketClient, venue: StubVenue, caplog: pytest.LogCaptureFixture
) -> None:
    venue.respond = lambda _: page(["rubbish"], row(NOW_S - HOUR))
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert client.latest_closed("BTC", Timeframe.HOUR_1) is not None
    assert [record.message for record in caplog.records] == [
        "KuCoin sent rows that are no candles; they are left out"
    ]


def test_the_price_of_one_coin_is_asked_for_alone(
    client: KuCoinMarketClient, venue: StubVenue, budget: CountingBudget
) -> None:
    venue.queue.append(json_answer({"code": "200000", "data": {"bestBid": "9", "bestAsk": "11"}}))
    assert client.get_quotes(["BTC"]) == {"BTC": Quote(9.0, 11.0)}
    assert venue.targets == ["/api/v1/market/orderbook/level1?symbol=BTC-USDT"]
    assert budget.weights == [2]


def test_a_coin_that_kucoin_does_not_trade_has_no_price(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.queue.append(json_answer({"code": "400100", "msg": "Unsupported trading pair."}))
    assert client.get_quotes(["LUNA"]) == {}


def test_the_prices_of_several_coins_take_one_request(
    client: KuCoinMarketClient, venue: StubVenue, budget: CountingBudget
) -> None:
    tickers = [{"symbol": f"{coin}-USDT", "buy": "9", "sell": "11"} for coin in ("BTC", "ETH", "XRP")]
    venue.queue.append(json_answer({"code": "200000", "data": {"ticker": tickers}}))
    assert set(client.get_quotes(iter(["BTC", "ETH", "GONE"]))) == {"BTC", "ETH"}
    assert venue.targets == ["/api/v1/market/allTickers"]
    assert budget.weights == [15]


@pytest.mark.parametrize(
    "failure",
    [CUT, Answer(b"<html>", 502), Answer(b"no", 200), json_answer({"code": "500000"}, 500)],
    ids=["cut", "502", "non-JSON", "500000"],
)
def test_a_failed_request_is_tried_three_times_with_growing_pauses(
    client: KuCoinMarketClient, venue: StubVenue, wall: ManualClock, failure: Answer
) -> None:
    venue.queue += [failure, failure, page(row(NOW_S - HOUR))]
    assert client.latest_closed("BTC", Timeframe.HOUR_1) is not None
    assert wall.now() - START == timedelta(seconds=3.5 + 7)


def test_after_three_failures_the_caller_is_told_what_was_asked_and_of_whom(
    client: KuCoinMarketClient, venue: StubVenue
) -> None:
    venue.respond = lambda _: CUT
    with pytest.raises(RetryLater, match=rf"1hour candles of BTC-USDT.*{venue.address}") as caught:
        client.latest_closed("BTC", Timeframe.HOUR_1)
    assert len(venue.asked) == 3
    assert caught.value.__cause__ is None


def test_an_overload_of_a_moment_is_waited_out_shortly(
    client: KuCoinMarketClient, venue: StubVenue, wall: ManualClock, budget: CountingBudget
) -> None:
    venue.queue += [json_answer({"code": "429000"}, 429), page(row(NOW_S - HOUR))]
    assert client.latest_closed("BTC", Timeframe.HOUR_1) is not None
    assert wall.now() - START == timedelta(seconds=1)
    assert budget.pauses == []


def test_a_limit_pauses_every_process_that_shares_the_budget(
    client: KuCoinMarketClient, venue: StubVenue, wall: ManualClock, budget: CountingBudget
) -> None:
    venue.queue += [Answer(b"error code: 1015", 403), page(row(NOW_S - HOUR))]
    client.latest_closed("BTC", Timeframe.HOUR_1)
    assert wall.now() - START == timedelta(seconds=30)
    assert budget.pauses == [START + timedelta(seconds=30)]


def test_a_limit_that_stays_is_told_with_its_pause(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.respond = lambda _: json_answer({"code": "200002"})
    with pytest.raises(RateLimitError) as caught:
        client.latest_closed("BTC", Timeframe.HOUR_1)
    assert caught.value.retry_after_s == 10


def test_what_asking_again_cannot_change_is_asked_once(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.queue += [
        json_answer({"code": "400100", "msg": "Unsupported trading pair."}),
        json_answer({"code": "400303", "msg": "not available in your region"}),
        json_answer({"code": "200000", "data": {"not": "rows"}}),
    ]
    with pytest.raises(BadData, match="LUNA-USDT"):
        client.history("LUNA", Timeframe.HOUR_1)
    with pytest.raises(AccessRefused):
        client.history("BTC", Timeframe.HOUR_1)
    with pytest.raises(BadData):
        client.history("BTC", Timeframe.HOUR_1)
    assert len(venue.asked) == 3


def test_a_redirection_is_not_followed(client: KuCoinMarketClient, venue: StubVenue) -> None:
    venue.respond = lambda _: Answer(b"", 302)
    with pytest.raises(RetryLater, match="302"):
        client.latest_closed("BTC", Timeframe.HOUR_1)
