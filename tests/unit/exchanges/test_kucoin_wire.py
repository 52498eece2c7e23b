"""KuCoin's replies, as recorded and as nobody should send them."""

import math
import random

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from powertrader.core.exceptions import AccessRefused, BadData, ExchangeError, RateLimitError, RetryLater
from powertrader.exchanges.kucoin_wire import (
    Reply,
    candle_rows,
    content_of,
    quote_of,
    quotes_of,
    unreadable,
)
from powertrader.models.account import Quote

HOUR = 3600
NOW = 1_700_010_000
ROW = ["1700002800", "36001.1", "36055.9", "36100", "35950.3", "12.5", "450000.1"]
ALL_TICKERS = {
    "time": 1602832092060,
    "ticker": [
        {
            "symbol": "BTC-USDT",
            "symbolName": "BTC-USDT",
            "buy": "11328.9",
            "sell": "11329",
            "last": "11328.9",
        },
        {"symbol": "NEW-USDT", "buy": None, "sell": None, "last": "0"},
        {"symbol": "ZERO-USDT", "buy": "0", "sell": "11", "last": "0"},
    ],
}
LEVEL1 = {"time": 1602826929522, "sequence": "1550467", "price": "3.1", "bestBid": "3.0", "bestAsk": "3.2"}
CLOUDFLARE = (
    b"<!DOCTYPE html><title>Access denied</title><span>Error code: 1015</span> You are being rate limited"
)


def reply(content: object, status: int = 200) -> Reply:
    return Reply(status, orjson.dumps(content))


def rows(*content: object, closed_by_s: float = NOW) -> list[tuple[float, ...] | None]:
    return list(candle_rows(list(content), range(1, 1 << 40), closed_by_s, HOUR))


def test_the_close_stands_before_the_high_in_a_row() -> None:
    assert rows(ROW) == [(1700002800.0, 36001.1, 36100.0, 35950.3, 36055.9, 12.5)]


def test_numbers_may_come_without_quotation_marks() -> None:
    assert rows([1700002800, 1, 2, 3, 0.5, 4, 5]) == [(1700002800.0, 1.0, 3.0, 0.5, 2.0, 4.0)]


def test_a_row_counts_as_closed_from_the_second_its_time_is_over() -> None:
    end = 1700002800 + HOUR
    assert rows(ROW, closed_by_s=end - 0.001) == [None]
    assert rows(ROW, closed_by_s=end) != [None]


@pytest.mark.parametrize(
    "place,text",
    [
        (0, "x"),
        (0, "1700002800.5"),
        (0, "0"),
        (1, "nan"),
        (1, "0"),
        (2, "-1"),
        (2, None),
        (3, "inf"),
        (3, "35000"),
        (4, "0"),
        (4, True),
        (5, "-0.1"),
        (5, [1]),
        (1, "1e999"),
    ],
)
def test_a_row_with_a_value_that_no_market_has_is_left_out_and_counted(place: int, text: object) -> None:
    broken: list[object] = [*ROW]
    broken[place] = text
    assert rows(broken, ROW)[0] is None
    assert rows(broken, ROW)[1] is not None
    if (place, text) != (0, "0"):
        assert unreadable([broken, ROW]) == 1


@pytest.mark.parametrize("row", [[], ROW[:5], "1700002800,1,2", {"time": 1}, None, 7])
def test_what_is_no_row_is_left_out_and_counted(row: object) -> None:
    assert rows(row, ROW)[0] is None
    assert unreadable([row, ROW]) == 1


def test_a_row_from_outside_the_time_asked_for_is_no_candle() -> None:
    early = ["1000", *ROW[1:]]
    assert candle_rows([ROW, early], range(1700000000, NOW), NOW, HOUR)[1] is None


def test_an_empty_window_has_no_rows() -> None:
    assert rows() == []


@pytest.mark.parametrize("content", [None, {}, "rows", 5])
def test_candles_that_are_no_list_are_refused_by_type(content: object) -> None:
    with pytest.raises(BadData, match="expected a list"):
        candle_rows(content, range(1, 10), NOW, HOUR)


def test_quotes_are_the_best_bid_and_ask() -> None:
    assert quotes_of(ALL_TICKERS) == {"BTC-USDT": Quote(11328.9, 11329.0)}
    assert quote_of(LEVEL1) == Quote(3.0, 3.2)


@pytest.mark.parametrize("content", [None, {}, {"bestBid": "0", "bestAsk": "1"}, {"bestBid": "nan"}, []])
def test_a_pair_without_prices_has_no_quote(content: object) -> None:
    assert quote_of(content) is None


def test_a_ticker_reply_without_tickers_is_refused() -> None:
    with pytest.raises(BadData, match="ticker"):
        quotes_of({"time": 1})


def test_what_is_in_the_envelope_is_given() -> None:
    assert content_of(reply({"code": "200000", "data": [1]}), "x") == [1]


@pytest.mark.parametrize(
    "status,code,pause_s",
    [(429, "429000", 1.0), (200, "429000", 1.0), (200, "200002", 10.0), (429, "400100", 30.0)],
)
def test_too_many_requests_name_the_pause(status: int, code: str, pause_s: float) -> None:
    with pytest.raises(RateLimitError) as caught:
        content_of(reply({"code": code, "msg": "Too Many Requests"}, status), "candles of BTC-USDT")
    assert caught.value.retry_after_s == pause_s


@pytest.mark.parametrize("status,body", [(403, CLOUDFLARE), (200, CLOUDFLARE), (429, b""), (403, b"no")])
def test_a_block_at_the_door_is_waited_out(status: int, body: bytes) -> None:
    with pytest.raises(RateLimitError) as caught:
        content_of(Reply(status, body), "x")
    assert caught.value.retry_after_s == 30.0


def test_an_unsupported_pair_is_said_in_plain_words() -> None:
    with pytest.raises(BadData, match=r"candles of LUNA-USDT: .*Unsupported trading pair.*trades the pair"):
        content_of(reply({"code": "400100", "msg": "Unsupported trading pair."}), "candles of LUNA-USDT")


@pytest.mark.parametrize("code", ["400303", "400302", "400500"])
def test_a_region_that_is_not_served_is_final(code: str) -> None:
    with pytest.raises(AccessRefused, match="region"):
        content_of(reply({"code": code, "msg": "unavailable in the U.S."}), "x")


def test_a_country_that_is_blocked_at_the_door_is_final() -> None:
    with pytest.raises(AccessRefused, match="region"):
        content_of(Reply(451, b"Unavailable For Legal Reasons"), "x")


@pytest.mark.parametrize(
    "given_reply",
    [
        reply({"code": "500000", "msg": "Internal Server Error"}, 500),
        reply({"code": "900001"}),
        Reply(503, b"<html>maintenance</html>"),
        Reply(200, b""),
        Reply(200, b"\xff\xfe"),
        Reply(200, b"[]"),
        reply({"data": []}),
        Reply(200, b"[" * 100_000),
        Reply(200, b"9" * 100_000),
        Reply(302, b""),
    ],
    ids=["500", "strange", "503", "empty", "bytes", "list", "no-code", "deep", "long", "redirect"],
)
def test_a_reply_that_means_nothing_is_asked_for_again(given_reply: Reply) -> None:
    with pytest.raises(RetryLater):
        content_of(given_reply, "x")


def test_a_message_cannot_break_the_line_it_is_shown_in() -> None:
    with pytest.raises(BadData) as caught:
        content_of(reply({"code": "400100", "msg": "a\n\x1b[31m" + "b" * 5000}), "x")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=20,
)
SHAPED = st.fixed_dictionaries(
    {
        "code": st.sampled_from(["200000", "400100", "429000", "200002", 200000]) | JSON,
        "data": JSON,
        "msg": JSON,
    }
)


@settings(max_examples=200)
@given(st.binary() | SHAPED.map(orjson.dumps) | JSON.map(orjson.dumps), st.sampled_from([200, 400, 429, 500]))
def test_any_bytes_give_a_value_or_an_error_that_says_what_to_do(body: bytes, status: int) -> None:
    try:
        content = content_of(Reply(status, body), "x")
        quote_of(content)
        candle_rows(content, range(1, 10**10), NOW, HOUR)
        quotes_of(content)
    except (ExchangeError, BadData):
        return


def test_ten_thousand_random_byte_strings_are_refused_by_type() -> None:
    chance = random.Random(1)
    for _ in range(10_000):
        with pytest.raises(ExchangeError):
            content_of(Reply(chance.choice((200, 400, 500)), chance.randbytes(chance.randrange(40))), "x")


FIELD = st.sampled_from(ROW) | st.text(max_size=8) | st.floats().map(str) | st.floats(allow_nan=False) | JSON


@settings(max_examples=200)
@given(st.lists(st.lists(FIELD, min_size=5, max_size=8) | JSON, max_size=4))
def test_whatever_the_fields_are_candles_are_finite_and_payable(content: list[object]) -> None:
    for row in candle_rows(content, range(1, 10**10), NOW, HOUR):
        if row is not None:
            assert all(math.isfinite(value) for value in row)
            assert min(row[1:5]) > 0
