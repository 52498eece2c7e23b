"""A Binance session against a stub venue, as the tests of its clients need it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from powertrader.core.clock import ManualClock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials, Secret
from powertrader.core.retry import RetryPolicy
from powertrader.exchanges.binance_session import BinanceSession, BinanceVenue
from tests.unit.exchanges.stub_venue import Answer, CountingBudget, StubVenue, json_answer
from tests.unit.noting_watch import NotingWatch

START = datetime(2024, 1, 1, tzinfo=UTC)
START_MS = int(START.timestamp() * 1000)
KEYS = BinanceCredentials(Secret("marked-api-key"), Secret("marked-api-secret"))
RETRIES = RetryPolicy(max_tries=3, first_delay_s=1.0)
TIME = json_answer({"serverTime": START_MS + 1500})
TIMES = [TIME] * 5
"""What is asked before the first signed call."""


@dataclass(slots=True)
class NotingBudget(CountingBudget):
    """A request budget without limits that remembers what the venue said was used."""

    used: list[int] = field(default_factory=list)

    def report(self, used: int) -> None:
        """Remember it."""
        self.used.append(used)


@dataclass(frozen=True, slots=True)
class Desk:
    """A session and everything around it."""

    venue: StubVenue
    budget: NotingBudget
    wall: ManualClock
    session: BinanceSession
    watch: NotingWatch

    def answers(self, *answers: Answer) -> None:
        """Queue replies."""
        self.venue.queue.extend(answers)

    def asked(self, method: str, path: str) -> list[str]:
        """The parameters of every request of a kind, as they were sent."""
        found = [one for one in self.venue.asked if one.method == method and path in one.target]
        return [one.body.decode() or one.target.partition("?")[2] for one in found]


@contextmanager
def desk_of(
    venue: StubVenue, keys: BinanceCredentials | None = KEYS, timeout_s: float = 5.0
) -> Iterator[Desk]:
    """Open a session to a stub venue that has forgotten all before."""
    venue.reset()
    budget, wall = NotingBudget(), ManualClock(START)
    section = ExchangeSection(url=venue.address, timeout_s=timeout_s, recv_window_ms=1234)
    watch = NotingWatch()
    session = BinanceSession(BinanceVenue("live", section, RETRIES), keys, budget, wall, watch)
    try:
        yield Desk(venue, budget, wall, session, watch)
    finally:
        session.close()


def refusal(status: int, code: int, message: str, *headers: str) -> Answer:
    """A reply that is a refusal."""
    answer = json_answer({"code": code, "msg": message}, status)
    return Answer(answer.body, status, headers=headers)
