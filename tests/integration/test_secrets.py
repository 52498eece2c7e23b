"""No key, secret, private key or signature is ever written, printed or logged, whatever goes wrong."""

import base64
import gzip
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_exception
from typing import Final
from urllib.parse import quote

import pytest

from powertrader.cli import exit_codes
from powertrader.core.clock import ManualClock
from powertrader.core.credentials import Secret
from powertrader.core.exceptions import PowerTraderError
from powertrader.core.retry import RetryPolicy
from powertrader.core.venue_credentials import VenueCredentials
from powertrader.exchanges.ccxt_library import CcxtVenue
from powertrader.exchanges.ccxt_session import CcxtSession
from powertrader.exchanges.ccxt_trading import CcxtTradingClient
from powertrader.models.order import Side
from tests.contract.trading_client_contract import intent_of
from tests.exchange_server import ExchangeServer, exchange_server
from tests.integration import loud_program
from tests.integration.recording_relay import RecordingRelay, recording_relay
from tests.integration.secret_scenes import (
    FULL,
    LONG_MARK,
    PASSPHRASE,
    WRONG_KEY,
    WRONG_SECRET,
    all_scenes,
    misplaced,
    new_pem,
)
from tests.integration.secret_search import SecretSearch
from tests.integration.secret_story import Story, overheard
from tests.unit.exchanges.stub_venue import CountingBudget, serving
from tests.unit.exchanges.test_ccxt_kucoin_orders import KuCoinAccount

# what is played is tested, and measured, elsewhere; here it matters what it leaves behind
pytestmark = [pytest.mark.money, pytest.mark.unmeasured, pytest.mark.timeout(900 if FULL else 180)]

LOUD: Final = (str(Path(loud_program.__file__)),)
KUCOIN: Final = "kucoin"
PRIVATE_TO_THE_OWNER: Final = 0o600


@dataclass(frozen=True, slots=True)
class Played:
    """The story, the folders it left, and everything secret that took part in it."""

    story: Story
    folders: tuple[Path, ...]
    allowed: frozenset[Path]
    venue: ExchangeServer
    relays: tuple[RecordingRelay, ...]
    secrets: Mapping[str, str] = field(repr=False)

    @property
    def signatures(self) -> list[str]:
        """Give every signature that was sent."""
        return sorted({one for relay in self.relays for one in relay.signatures})

    @property
    def search(self) -> SecretSearch:
        """Look for all secrets, and for the signatures made with them."""
        made = {f"signature {number}": text for number, text in enumerate(self.signatures)}
        return SecretSearch({**self.secrets, **made})


@contextmanager
def kucoin_relay() -> Iterator[RecordingRelay]:
    """Run a stand-in for KuCoin's private side, behind a relay."""
    with serving() as venue:
        venue.respond = KuCoinAccount()
        with recording_relay(venue.address) as relay:
            yield relay


def ask_kucoin(story: Story, relay: RecordingRelay) -> None:
    """Ask for balances and place an order with a key, a secret and a passphrase; the third call fails."""
    keys = VenueCredentials(Secret(WRONG_KEY), Secret(WRONG_SECRET), Secret(PASSPHRASE))
    venue = CcxtVenue(KUCOIN, relay.url, retries=RetryPolicy(max_tries=1))
    session = CcxtSession(venue, keys, CountingBudget(), ManualClock(datetime(2024, 1, 1, tzinfo=UTC)))
    with overheard() as heard:
        client = CcxtTradingClient(session)
        heard.printed.write(f"{client.get_account()} {client.place_order(intent_of(Side.BUY, '0.1'))}")
        with pytest.raises(PowerTraderError) as failed:
            client.place_order(intent_of(Side.BUY, "0.1", coin="NONE"))
        heard.printed.write("".join(format_exception(failed.value)))
        session.close()
    story.keep(KUCOIN, heard)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    """Play everything once."""
    state, homes, keys = (tmp_path_factory.mktemp(name) for name in ("exchange", "homes", "keys"))
    pem = new_pem()
    with (
        exchange_server(state, program=LOUD) as venue,
        recording_relay(venue.url) as relay,
        kucoin_relay() as other,
    ):
        pem_key = venue.admin.ask("POST", "accounts/main/keys", {"public_key": pem.public})["api_key"]
        story = Story(homes, relay.url, venue.admin)
        for scene in all_scenes(venue, pem, pem_key, keys):
            story.play(scene)
        ask_kucoin(story, other)
        secrets = {
            "API key": venue.api_key,
            "API secret": venue.api_secret,
            "key of the private key": pem_key,
            "private key": pem.body,
            "number of the private key": pem.number,
            "locked private key": "".join(pem.locked.splitlines()[1:-1]),
            "wrong key": WRONG_KEY,
            "wrong secret": WRONG_SECRET,
            "passphrase": PASSPHRASE,
            "long key": LONG_MARK,
            "token of the administration": venue.admin_url.rpartition("/")[2],
        }
        given = {homes / scene.name / name for scene in misplaced() for name in scene.files}
        files = {homes / "key files" / "b_key.txt", homes / "key files" / "b_secret.txt"}
        allowed = {
            *given,
            *files,
            homes / "half of the files" / "b_secret.txt",
            keys / "pem",
            state / "keys.json",
        }
        yield Played(story, (state, homes, keys), frozenset(allowed), venue, (relay, other), secrets)


@pytest.fixture(scope="module")
def search(played: Played) -> SecretSearch:
    return played.search


def test_what_was_played_really_used_keys_and_signatures(played: Played) -> None:
    exits = played.story.exits
    # nothing is left to adopt
    assert [exit_code for exit_code in exits["everyday"] if exit_code] == [exit_codes.DIFFERENT]
    for name in (
        "key files",
        "private key as text",
        "private key on one line",
        "private key locked",
        "library",
    ):
        assert exits[name] == [exit_codes.OK], name
    for name in (
        "half a pair",
        "odd letters",
        "private key wrong passphrase",
        "private key cut",
        "private key no PEM but long",
    ):
        assert exits[name] == [exit_codes.USAGE], name
    sent = b"".join(request for relay in played.relays for request in relay.requests)
    for name in ("API key", "key of the private key", "wrong key"):
        assert played.secrets[name].encode() in sent, name
    assert b'"userDataStream.subscribe.signature"' in sent
    assert len(played.signatures) > len(exits)
    assert any("DEBUG" in text for text in played.story.logged.values())
    assert any("DEBUG" in line for line in played.venue.log)
    assert sum(fault["struck"] for fault in played.venue.admin.faults()) == 0


def test_nothing_that_is_printed_shows_a_secret(played: Played, search: SecretSearch) -> None:
    assert search.in_texts(played.story.printed) == []


def test_no_library_is_allowed_to_log_a_secret(played: Played, search: SecretSearch) -> None:
    assert search.in_texts(played.story.logged) == []


def test_the_local_exchange_tells_its_keys_when_it_starts_and_never_again(
    played: Played, search: SecretSearch
) -> None:
    assert search.in_texts({"log": "".join(played.venue.log)}) == []


def test_no_file_holds_a_secret_but_those_that_keys_are_given_in(
    played: Played, search: SecretSearch
) -> None:
    assert [one for folder in played.folders for one in search.in_files(folder, played.allowed)] == []


def test_the_local_exchange_keeps_its_keys_where_only_their_owner_reads_them(played: Played) -> None:
    kept = played.folders[0] / "keys.json"
    assert played.secrets["API secret"] in kept.read_text(encoding="utf-8")
    assert stat.S_IMODE(kept.stat().st_mode) == PRIVATE_TO_THE_OWNER


def test_the_search_finds_every_secret_wherever_it_is_planted(
    played: Played, search: SecretSearch, tmp_path: Path
) -> None:
    for number, (name, secret) in enumerate(played.secrets.items()):
        planted = tmp_path / f"{number}" / "logs" / "trader.log"
        planted.parent.mkdir(parents=True)
        planted.write_bytes(b"\x00\xff before " + secret.encode() + b" after")
        assert name in {one.name for one in search.in_files(tmp_path / f"{number}")}
    logs = {f"log {number}": f"url?signature={one}&x=1" for number, one in enumerate(played.signatures)}
    assert {one.place for one in search.in_texts(logs)} == set(logs)
    named = tmp_path / "names" / played.secrets["API key"]
    named.mkdir(parents=True)
    assert [one.name for one in search.in_files(named.parent)] == ["API key"]


@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: quote(text, safe=""),
        lambda text: quote(quote(text, safe=""), safe=""),
        lambda text: text.encode().hex(),
        lambda text: text.upper(),
        lambda text: text.lower(),
        lambda text: text[::-1],
        lambda text: text[: len(text) // 2],
        lambda text: text[len(text) // 2 :],
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: base64.urlsafe_b64encode(f"a:{text}:b".encode()).decode(),
        lambda text: base64.b64encode(f"ab{text}".encode()).decode(),
    ],
)
def test_the_search_knows_a_secret_however_it_is_spelled(
    spelled: Callable[[str], str], tmp_path: Path
) -> None:
    search = SecretSearch({"wrong secret": WRONG_SECRET})
    hidden = f"text {spelled(WRONG_SECRET)} text"
    (tmp_path / "plain").write_text(hidden, encoding="utf-8")
    (tmp_path / "packed.gz").write_bytes(gzip.compress(hidden.encode()))
    assert [Path(one.place).name for one in search.in_files(tmp_path)] == ["packed.gz", "plain"]
    assert search.in_texts({"here": "text without it"}) == []
