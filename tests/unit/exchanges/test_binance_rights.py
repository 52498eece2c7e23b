"""What a key may do is asked for, or tried with an order that is never placed."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime

import pytest

from powertrader.core.exceptions import AccessRefused, RateLimitError, RetryLater
from powertrader.exchanges.binance_rights import BinanceKeyCheck
from powertrader.models.account import KeyRights
from powertrader.models.instrument import Instrument
from tests.unit.exchanges.binance_cases import START_MS, TIMES, Desk, desk_of, refusal
from tests.unit.exchanges.stub_venue import Answer, StubVenue, json_answer, serving

PAIR = Instrument("BTCUSDT", "BTC")
ACCOUNT = json_answer({"canTrade": True})
CAREFUL = {"enableSpotAndMarginTrading": True, "enableWithdrawals": False, "ipRestrict": True}
NO_RIGHT = refusal(401, -2015, "Invalid API-key, IP, or permissions for action.")


@pytest.fixture(scope="module")
def server() -> Iterator[StubVenue]:
    with serving() as venue:
        yield venue


@pytest.fixture
def desk(server: StubVenue) -> Iterator[Desk]:
    with desk_of(server) as found:
        yield found


def test_a_live_key_tells_its_rights(desk: Desk) -> None:
    ends = {"tradingAuthorityExpirationTime": 1_900_000_000_000}
    desk.answers(*TIMES, json_answer({"canTrade": False}), json_answer(CAREFUL | ends))
    found = BinanceKeyCheck(desk.session, "live").rights(None)
    assert asdict(found) == {
        "trading": True,
        "withdrawing": False,
        "only_from_addresses": True,
        "account_trades": False,
        "ends_at": datetime(2030, 3, 17, 17, 46, 40, tzinfo=UTC),
    }
    assert desk.venue.targets[-1].startswith("/sapi/v1/account/apiRestrictions?")


@pytest.mark.parametrize(
    "answer, trading",
    [
        (json_answer({}), True),
        (refusal(400, -1013, "Filter failure: NOTIONAL"), True),
        (NO_RIGHT, False),
    ],
)
def test_the_testnet_is_tried_with_an_order_that_is_never_placed(
    desk: Desk, answer: Answer, trading: bool
) -> None:
    desk.answers(*TIMES, ACCOUNT, answer)
    assert BinanceKeyCheck(desk.session, "testnet").rights(PAIR) == KeyRights(trading)
    assert [one.target for one in desk.venue.asked if one.method == "POST"] == ["/api/v3/order/test"]


def test_without_a_pair_the_right_to_trade_stays_unknown(desk: Desk) -> None:
    desk.answers(*TIMES, ACCOUNT)
    assert BinanceKeyCheck(desk.session, "demo").rights(None).trading is None


def test_a_ban_is_no_missing_right(desk: Desk) -> None:
    desk.answers(*TIMES, ACCOUNT, refusal(418, -1003, "banned"))
    with pytest.raises(RateLimitError):
        BinanceKeyCheck(desk.session, "testnet").rights(PAIR)


def test_a_key_that_may_not_read_is_refused(desk: Desk) -> None:
    desk.answers(*TIMES, NO_RIGHT)
    with pytest.raises(AccessRefused, match="-2015"):
        BinanceKeyCheck(desk.session, "live").rights(None)


@pytest.mark.parametrize(
    "content", [[], {"ipRestrict": 1}, CAREFUL | {"tradingAuthorityExpirationTime": 1 << 53}]
)
def test_an_answer_that_makes_no_sense_is_asked_for_again(desk: Desk, content: object) -> None:
    desk.answers(*TIMES, ACCOUNT, json_answer(content))
    with pytest.raises(RetryLater, match="cannot be used"):
        BinanceKeyCheck(desk.session, "live").rights(None)


def test_the_clock_is_measured(desk: Desk) -> None:
    ahead = [json_answer({"serverTime": START_MS + 2500})] * 5
    desk.answers(*ahead)
    assert BinanceKeyCheck(desk.session, "live").clock_offset_s() == pytest.approx(2.5)
