"""How Binance is called: keys, clock, limits, and calls that go wrong, over HTTP."""

import logging
import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest

from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.exceptions import (
    AccessRefused,
    BadData,
    ConfigError,
    OrderUnknown,
    PairRefused,
    PowerTraderError,
    RateLimitError,
    RetryLater,
)
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue, Request
from tests.unit.exchanges.binance_cases import KEYS, START, START_MS, TIME, TIMES, Desk, desk_of, refusal
from tests.unit.exchanges.stub_venue import CUT, Answer, StubVenue, json_answer, serving
from tests.unit.noting_watch import ANSWER

PING = Request("ping", 1, "ping")
ACCOUNT = Request("get_account", 20, "account", signed=True)
ORDER = Request("create_order", 1, "order pt-1", signed=True, order=True)
PARAMETERS = {"symbol": "BTCUSDT", "side": "BUY", "type": "MARKET", "newClientOrderId": "pt-1"}
CLOCK = refusal(400, -1021, "Timestamp for this request was 1000ms ahead of the server's time.")


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def desk(server: StubVenue) -> Iterator[Desk]:
    with desk_of(server) as found:
        yield found


def order(desk: Desk) -> object:
    return desk.session.change(ORDER, **PARAMETERS)


def test_making_a_session_opens_nothing(desk: Desk) -> None:
    desk.session.close()
    assert desk.venue.asked == []


def test_a_public_call_needs_no_key_and_no_clock(server: StubVenue) -> None:
    with desk_of(server, None) as desk:
        desk.answers(json_answer({}))
        assert desk.session.read(PING) == {}
        assert desk.venue.targets == ["/api/v3/ping"]
        assert desk.budget.weights == [1]


def test_a_signed_call_without_keys_says_what_is_missing(server: StubVenue) -> None:
    with desk_of(server, None) as desk, pytest.raises(ConfigError, match="account: needs API keys"):
        desk.session.read(ACCOUNT)


def test_the_first_signed_call_measures_the_clock_with_five_samples(desk: Desk) -> None:
    offsets_ms = (1500, 1400, 9000, -300, 1600)
    desk.answers(*(json_answer({"serverTime": START_MS + ms}) for ms in offsets_ms), json_answer({}))
    desk.session.read(ACCOUNT)
    desk.answers(json_answer({}))
    desk.session.read(ACCOUNT)
    assert len(desk.asked("GET", "/time")) == 5
    assert desk.budget.weights == [1, 1, 1, 1, 1, 20, 20]


def test_the_clock_is_binances_by_the_median_of_the_samples(desk: Desk) -> None:
    offsets_ms = (1500, 1400, 9000, -300, 1600)
    desk.answers(*(json_answer({"serverTime": START_MS + ms}) for ms in offsets_ms))
    assert desk.session.measure_clock() == pytest.approx(1.5)
    assert desk.watch.clocks == pytest.approx([1.5])


def test_the_clock_is_measured_again_after_half_an_hour(desk: Desk) -> None:
    desk.answers(*TIMES, json_answer({}))
    desk.session.read(ACCOUNT)
    desk.wall.sleep(timedelta(minutes=29).total_seconds())
    desk.answers(json_answer({}))
    desk.session.read(ACCOUNT)
    assert len(desk.asked("GET", "/time")) == 5
    desk.wall.sleep(timedelta(minutes=2).total_seconds())
    desk.answers(*TIMES, json_answer({}))
    desk.session.read(ACCOUNT)
    assert len(desk.asked("GET", "/time")) == 10


def test_an_old_measure_of_the_clock_is_better_than_no_order(desk: Desk) -> None:
    desk.answers(*TIMES, json_answer({}))
    desk.session.read(ACCOUNT)
    desk.wall.sleep(3600)
    desk.answers(CUT, json_answer({"orderId": 1}))
    assert order(desk) == {"orderId": 1}
    desk.answers(json_answer({"orderId": 2}))
    assert order(desk) == {"orderId": 2}
    assert len(desk.asked("GET", "/time")) == 6
    desk.wall.sleep(61)
    desk.answers(*TIMES, json_answer({"orderId": 3}))
    order(desk)
    assert len(desk.asked("GET", "/time")) == 11


def test_an_order_is_not_sent_when_no_clock_was_ever_measured(desk: Desk) -> None:
    desk.answers(CUT)
    with pytest.raises(RetryLater, match="time"):
        order(desk)
    desk.answers(json_answer({"serverTime": "soon"}))
    with pytest.raises(BadData, match="serverTime"):
        order(desk)
    assert desk.asked("POST", "/order") == []


def test_an_order_refused_for_its_time_is_sent_once_more_by_a_new_measure(desk: Desk) -> None:
    desk.answers(*TIMES, CLOCK, *TIMES, json_answer({"orderId": 7}))
    assert order(desk) == {"orderId": 7}
    assert len(desk.asked("POST", "/order")) == 2
    assert desk.budget.orders == [1, 1]


def test_an_order_refused_for_its_time_twice_was_not_placed(desk: Desk) -> None:
    desk.answers(*TIMES, CLOCK, *TIMES, CLOCK)
    with pytest.raises(RetryLater, match="clock"):
        order(desk)
    assert len(desk.asked("POST", "/order")) == 2


def test_a_signed_call_names_its_window_and_its_signature_comes_last(desk: Desk) -> None:
    desk.answers(*TIMES, json_answer({}))
    order(desk)
    (sent,) = desk.asked("POST", "/order")
    names = [pair.partition("=")[0] for pair in sent.split("&")]
    assert "recvWindow=1234" in sent
    assert names == [*sorted(names[:-1]), "signature"]


@pytest.mark.parametrize(
    "answer",
    [
        CUT,
        Answer(b"", 200),
        Answer(b"<html>", 200),
        Answer(b"\xff\xfe\x00", 200),
        Answer(b"[" * 100_000, 200),
        Answer(b"[]", 400),
        Answer(b'"error"', 502),
        Answer(b"<html>", 503),
        Answer(b"", 302, headers=("Location: http://127.0.0.1:1/",)),
        refusal(400, -1007, "Timeout waiting for response from backend server."),
        refusal(400, -2010, "Duplicate order sent."),
    ],
    ids=str,
)
def test_an_order_without_an_answer_is_unknown_and_sent_once(desk: Desk, answer: Answer) -> None:
    desk.answers(*TIMES, answer)
    with pytest.raises(OrderUnknown, match="order pt-1"):
        order(desk)
    assert len(desk.asked("POST", "/order")) == 1


def test_an_order_whose_answer_is_late_is_unknown(server: StubVenue) -> None:
    with desk_of(server, timeout_s=0.2) as desk:
        desk.answers(*TIMES, Answer(b"{}", late_s=1.0))
        with pytest.raises(OrderUnknown, match="ReadTimeout"):
            order(desk)


def test_an_order_for_which_no_connection_came_about_was_not_placed(desk: Desk) -> None:
    desk.answers(*TIMES)
    desk.session.measure_clock()
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        section = ExchangeSection(url=f"http://127.0.0.1:{nobody.getsockname()[1]}")
        lost = BinanceSession(BinanceVenue("live", section), KEYS, desk.budget, desk.wall)
        with pytest.raises(RetryLater, match=f"no answer from {section.url} "):
            lost.change(Request("create_order", 1, "order pt-1", order=True), **PARAMETERS)
        lost.close()


def test_a_read_is_repeated_a_few_times(desk: Desk) -> None:
    desk.answers(CUT, Answer(b"<html>", 503), json_answer({"ok": 1}))
    assert desk.session.read(PING) == {"ok": 1}
    assert desk.wall.now() > START
    desk.answers(CUT, CUT, CUT, json_answer({}))
    with pytest.raises(RetryLater, match="ping"):
        desk.session.read(PING)


def test_each_silence_is_told_at_once_and_not_after_the_last_try(desk: Desk) -> None:
    desk.answers(Answer(b"<html>", 503), CUT, refusal(400, -1121, "Invalid symbol."))
    with pytest.raises(PairRefused):
        desk.session.read(PING)
    assert desk.watch.heard == [
        "ping: Binance answered HTTP 503",
        f"ping: no answer from {desk.venue.address} (ConnectionError)",
        ANSWER,
    ]


def test_what_is_refused_is_not_asked_again(desk: Desk) -> None:
    desk.answers(refusal(400, -1121, "Invalid symbol."))
    with pytest.raises(PairRefused, match=r"Invalid symbol\."):
        desk.session.read(PING)
    assert len(desk.venue.asked) == 1


@pytest.mark.parametrize("request_", [PING, ORDER], ids=["read", "order"])
def test_a_pause_that_is_asked_for_is_told_to_every_process_and_not_waited_out_here(
    desk: Desk, request_: Request
) -> None:
    desk.answers(*TIMES)
    desk.session.measure_clock()
    desk.answers(refusal(429, -1003, "Too many requests.", "Retry-After: 17"))
    with pytest.raises(RateLimitError) as refused:
        desk.session.read(request_) if request_ is PING else order(desk)
    assert refused.value.retry_after_s == 17.0
    assert desk.budget.pauses == [START + timedelta(seconds=17)]
    assert desk.wall.now() == START


def test_a_ban_is_told_to_every_process(desk: Desk) -> None:
    until_ms = START_MS + 600_000
    desk.answers(refusal(418, -1003, f"Way too much request weight used; IP banned until {until_ms}."))
    with pytest.raises(AccessRefused) as refused:
        desk.session.read(PING)
    assert refused.value.retry_after_s == pytest.approx(600.0)
    assert desk.budget.pauses == [START + timedelta(seconds=600)]


def test_too_many_orders_pause_nobody_else(desk: Desk) -> None:
    desk.answers(*TIMES, refusal(429, -1015, "Too many new orders."))
    with pytest.raises(RateLimitError):
        order(desk)
    assert desk.budget.pauses == []


def test_the_weight_that_binance_counts_is_passed_on_from_answers_and_refusals(desk: Desk) -> None:
    desk.answers(
        Answer(b"{}", headers=("X-MBX-USED-WEIGHT-1M: 31",)),
        Answer(b'{"code":-1121,"msg":"no"}', 400, headers=("x-mbx-used-weight-1m: 33",)),
        Answer(b"{}", headers=("X-MBX-USED-WEIGHT-1M: many",)),
    )
    desk.session.read(PING)
    with pytest.raises(PairRefused):
        desk.session.read(PING)
    desk.session.read(PING)
    assert desk.budget.used == [31, 33]


@pytest.mark.parametrize("answer", [CUT, Answer(b"<html>", 200), Answer(b"x" * 9, 500), CLOCK], ids=str)
def test_no_error_and_no_log_holds_a_key_or_a_signature(
    desk: Desk, answer: Answer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        desk.venue.respond = lambda asked: TIME if "/time" in asked.target else answer
        with pytest.raises(PowerTraderError) as failed:
            desk.session.read(ACCOUNT)
    sent = desk.asked("GET", "/account")[0]
    signature = sent.rpartition("signature=")[2]
    assert len(signature) == 64
    error: BaseException | None = failed.value
    while error is not None:
        for secret in (signature, "marked-api-key", "marked-api-secret"):
            assert secret not in repr(error)
        error = error.__cause__ or error.__context__
    for secret in (signature, "marked-api-secret", "marked-api-key"):
        assert secret not in caplog.text


def test_a_closed_session_opens_again_when_it_is_used(desk: Desk) -> None:
    desk.answers(json_answer({}), json_answer({}))
    desk.session.read(PING)
    desk.session.close()
    assert desk.session.read(PING) == {}


def test_the_parameters_of_a_stream_are_signed_with_binances_time(desk: Desk) -> None:
    desk.answers(*TIMES)
    signed = desk.session.stream_parameters()
    assert set(signed) == {"apiKey", "recvWindow", "timestamp", "signature"}
    assert desk.session.stream_address == desk.venue.address.replace("http", "ws") + "/ws-api/v3"
