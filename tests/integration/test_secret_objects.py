"""No object that holds a key gives it away: not as text, not in a traceback, not when it is pickled."""

import pickle
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from traceback import TracebackException
from typing import Final

import pytest

from powertrader.core.clock import ManualClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, CredentialSources, Secret
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.redaction import Redactor
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.exchanges.binance import BinanceTradingClient
from powertrader.exchanges.binance_client import BinanceHost, spot_client
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue
from powertrader.exchanges.binance_stream import UserStream
from powertrader.exchanges.ccxt_library import CcxtVenue
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.models.order import Side
from powertrader.simexchange.keys import KeyRing
from powertrader.simexchange.signing import ApiKey, KeyKind
from tests.contract.trading_client_contract import intent_of
from tests.integration.recording_relay import recording_relay
from tests.integration.secret_scenes import PASSPHRASE, WRONG_KEY, WRONG_SECRET
from tests.integration.secret_search import SecretSearch
from tests.unit.exchanges.stub_venue import (
    CUT,
    Answer,
    Asked,
    CountingBudget,
    StubVenue,
    json_answer,
    serving,
)

pytestmark = pytest.mark.money

SEARCH: Final = SecretSearch({"key": WRONG_KEY, "secret": WRONG_SECRET, "passphrase": PASSPHRASE})
CLOCK: Final = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
ONCE: Final = RetryPolicy(max_tries=1)
BINANCE: Final = BinanceCredentials(Secret(WRONG_KEY), Secret(WRONG_SECRET), None, Secret(PASSPHRASE))
OTHER: Final = VenueCredentials(Secret(WRONG_KEY), Secret(WRONG_SECRET), Secret(PASSPHRASE))
NOWHERE: Final = "http://127.0.0.1:9"


def session_at(address: str) -> BinanceSession:
    section = ExchangeSection(url=address, timeout_s=2.0)
    return BinanceSession(BinanceVenue("live", section, ONCE), BINANCE, CountingBudget(), CLOCK)


def library_at(address: str, venue: str = "binance") -> CcxtSession:
    return CcxtSession(CcxtVenue(venue, address, retries=ONCE), OTHER, CountingBudget(), CLOCK)


def opened_library() -> object:
    return library_at(NOWHERE, "kucoin").exchange()


def ring() -> KeyRing:
    made = KeyRing()
    made._keys[WRONG_KEY] = ApiKey(WRONG_KEY, "main", KeyKind.HMAC, WRONG_SECRET)
    return made


HOLDERS: Final[tuple[Callable[[], object], ...]] = (
    lambda: BINANCE.api_secret,
    lambda: BINANCE,
    lambda: OTHER,
    lambda: Redactor((WRONG_KEY, WRONG_SECRET)),
    lambda: session_at(NOWHERE),
    lambda: BinanceTradingClient(session_at(NOWHERE), "USDT"),
    lambda: UserStream(session_at(NOWHERE), lambda: None),
    lambda: spot_client(BinanceHost("live", ExchangeSection(url=NOWHERE)), BINANCE),
    lambda: library_at(NOWHERE),
    lambda: CcxtTradingClient(library_at(NOWHERE)),
    opened_library,
    lambda: ApiKey(WRONG_KEY, "main", KeyKind.HMAC, WRONG_SECRET),
    ring,
)


@pytest.mark.parametrize("make", HOLDERS)
def test_an_object_that_holds_keys_does_not_print_them(make: Callable[[], object]) -> None:
    holder = make()
    texts = {
        "repr": repr(holder),
        "str": str(holder),
        "format": f"{holder}",
        "inside": repr([holder, {"it": holder}]),
    }
    assert SEARCH.in_texts(texts) == []


@pytest.mark.parametrize("make", HOLDERS)
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_an_object_that_holds_keys_is_written_nowhere(make: Callable[[], object], protocol: int) -> None:
    try:
        written = pickle.dumps(make(), protocol)
    except (TypeError, AttributeError, pickle.PicklingError) as error:
        written = str(error).encode()
    assert SEARCH.in_all({"pickle": written}) == []


@pytest.fixture(scope="module")
def venue() -> Iterator[StubVenue]:
    with serving() as stub:
        yield stub


REPLIES: Final[tuple[Answer, ...]] = (
    CUT,
    Answer(b"<html>busy</html>", 200),
    Answer(b"<html>busy</html>", 502),
    json_answer({"code": -2015, "msg": "Invalid API-key, IP, or permissions for action."}, 401),
    json_answer({"code": -1022, "msg": "Signature for this request is not valid."}, 400),
    json_answer({"code": -1003, "msg": "Too much request weight used."}, 429),
    json_answer([]),
)


@pytest.mark.parametrize("reply", REPLIES, ids=range(len(REPLIES)))
def test_a_traceback_with_all_its_variables_shows_no_key_and_no_signature(
    venue: StubVenue, reply: Answer
) -> None:
    def respond(asked: Asked) -> Answer:
        now_ms = int(CLOCK.now().timestamp() * 1000)
        return json_answer({"serverTime": now_ms}) if asked.target.endswith("/time") else reply

    venue.respond = respond
    with recording_relay(venue.address) as relay:
        clients = (
            BinanceTradingClient(session_at(relay.url), "USDT"),
            CcxtTradingClient(library_at(relay.url)),
        )
        for client in clients:
            for ask in (client.get_account, lambda: client.place_order(intent_of(Side.BUY, "0.1"))):  # noqa: B023  called at once
                with pytest.raises(PowerTraderError) as failed:
                    ask()
                error, own = failed.value, failed.tb.tb_next
                # without this function, which knows the signatures
                told = TracebackException(type(error), error, own, capture_locals=True)
                shown = {"traceback": "".join(told.format()), "chain": _chain(error)}
                signed = SecretSearch({f"signature {one}": one for one in relay.signatures})
                assert [*SEARCH.in_texts(shown), *signed.in_texts(shown)] == []
        assert relay.signatures


def _chain(error: BaseException | None) -> str:
    """Give everything that an error keeps: its arguments, its attributes, and the errors before it."""
    told = []
    while error is not None:
        told.append(f"{error.args!r} {vars(error)!r}")
        error = error.__cause__ or error.__context__
    return " ".join(told)


def test_keys_that_could_not_be_used_are_not_in_the_error(tmp_path: Path) -> None:
    environment = {"BINANCE_API_KEY": WRONG_KEY, "BINANCE_PRIVATE_KEY": WRONG_SECRET}
    with pytest.raises(PowerTraderError) as failed:
        BinanceCredentials.load(
            CredentialSources(environment, EmptyKeyring(), tmp_path, tmp_path, "live"), Redactor()
        )
    assert SEARCH.in_texts({"error": f"{failed.value} {_chain(failed.value)}"}) == []


class EmptyKeyring:
    """A keyring that holds nothing."""

    def get_password(self, service: str, username: str) -> str | None:
        return None
