"""One conversation with Binance through python-binance: keys, clock, limits, errors."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import requests
import urllib3

from powertrader.core.clock import Clock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials
from powertrader.core.exceptions import ConfigError, ExchangeError, RateLimitError, RetryLater
from powertrader.core.request_budget import RequestBudget
from powertrader.core.retry import RetryPolicy, call_with_retry
from powertrader.core.venue_note import Unwatched, VenueWatch, watched
from powertrader.exchanges.binance_errors import (
    CallKind,
    ClockRefused,
    Refusal,
    address_pause_s,
    error_of,
    unanswered,
)
from powertrader.exchanges.binance_wire_market import server_time_s
from powertrader.models.types import Environment

if TYPE_CHECKING:
    from powertrader.exchanges.binance_client import SpotClient

READ_RETRIES: Final = RetryPolicy(max_tries=3, first_delay_s=0.5, factor=2.0, jitter_fraction=0.25)
CLOCK_SAMPLES: Final = 5
CLOCK_MAX_AGE: Final = timedelta(minutes=30)
CLOCK_RETRY: Final = timedelta(minutes=1)
USED_WEIGHT: Final = "X-MBX-USED-WEIGHT-1M"
_STREAM_WEIGHT: Final = 2
_MOST_DIGITS: Final = 9
_MS_PER_S: Final = 1000.0
_LIBRARY_LOG: Final = "urllib3.connectionpool"
log = logging.getLogger(__name__)

Parameter: TypeAlias = str | int


@dataclass(frozen=True, slots=True)
class BinanceVenue:
    """Which Binance is asked and how: mode names its environment, settings the rest."""

    mode: Environment
    settings: ExchangeSection
    retries: RetryPolicy = READ_RETRIES


@dataclass(frozen=True, slots=True)
class Request:
    """A call of python-binance: the name of its method, what Binance counts for it, what is asked for.

    order: it changes the account, and so may use the reserve and is never sent again.
    """

    method: str
    weight: int
    subject: str
    signed: bool = False
    order: bool = False

    @property
    def kind(self) -> CallKind:
        """Whether sending it again could do harm."""
        return CallKind.ORDER if self.order else CallKind.READ


_TIME: Final = Request("get_server_time", 1, "time")


class BinanceSession:
    """Makes calls. Reads are repeated, whatever changes the account is sent once.

    Not for several threads at once. credentials None allows public calls only. watch hears what comes of
    each call.
    """

    def __init__(
        self,
        venue: BinanceVenue,
        credentials: BinanceCredentials | None,
        budget: RequestBudget,
        wall: Clock,
        watch: VenueWatch | None = None,
    ) -> None:
        """Open nothing yet."""
        self._venue = venue
        self._credentials = credentials
        self._budget = budget
        self._wall = wall
        self._watch = watch or Unwatched()
        self._client: SpotClient | None = None
        self._measured_at: datetime | None = None

    def read(self, request: Request, **parameters: Parameter) -> Any:  # noqa: ANN401  parsed JSON, typed by binance_wire*
        """Give the answer to a question, asked again a few times when there was none.

        Raises RetryLater when there was none at last, RateLimitError at once, else what Binance said.
        """

        def tried() -> Any:  # noqa: ANN401  as above
            try:
                return self._send(request, parameters)
            except RateLimitError as error:
                return error  # waiting is for the caller: it has other coins, and a user who may want to stop

        answer = call_with_retry(tried, self._wall, self._venue.retries)
        if isinstance(answer, RateLimitError):
            raise answer
        return answer

    def change(self, request: Request, **parameters: Parameter) -> Any:  # noqa: ANN401  parsed JSON, typed by binance_wire*
        """Give the answer to a call that changes the account; it is sent once.

        Only a call that Binance refused because of the time is sent again, once. Raises OrderUnknown
        when it is not known what became of it, RetryLater when it was not sent.
        """
        return self._send(request, parameters)

    def measure_clock(self) -> float:
        """Give by how many seconds Binance's clock is ahead of ours, the median of five samples.

        Requests are stamped with Binance's time from now on. Raises RetryLater or BadData.
        """
        client = self._opened()
        offset_s = median(self._clock_sample_s() for _ in range(CLOCK_SAMPLES))
        client.timestamp_offset = round(offset_s * _MS_PER_S)
        self._measured_at = self._wall.now()
        self._watch.clock_measured(offset_s)
        return offset_s

    def stream_parameters(self) -> Mapping[str, Parameter]:
        """Give what subscribes a stream to this account's events, signed for the present moment.

        Raises ConfigError without keys, RetryLater when there is no time to stamp it with.
        """
        self._require_keys("account stream")
        self._keep_time()
        self._budget.acquire(_STREAM_WEIGHT)
        return self._opened().stream_parameters(self._venue.settings.recv_window_ms)

    @property
    def stream_address(self) -> str:
        """Where the account's events come from."""
        from powertrader.exchanges.binance_client import BinanceHost, stream_address  # noqa: PLC0415  slow to load

        return stream_address(BinanceHost(self._venue.mode, self._venue.settings))

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._client is not None:
            self._client.close_connection()
            self._client = None
            self._measured_at = None

    def _send(self, request: Request, parameters: Mapping[str, Parameter]) -> Any:  # noqa: ANN401  parsed JSON
        client = self._opened()
        if request.signed:
            self._require_keys(request.subject)
            self._keep_time()
        call = partial(getattr(client, request.method), **parameters)
        try:
            return self._budgeted(call, request)
        except ClockRefused:
            # nothing was done: the one refusal after which even an order may be sent again, and only once
            offset_s = self.measure_clock()
            log.warning("clock measured again", extra={"offset_s": round(offset_s, 3)})
            return self._budgeted(call, request)

    def _keep_time(self) -> None:
        """Measure the clock when it is due; an old measure is better than no order."""
        now = self._wall.now()
        if self._measured_at is None:
            self.measure_clock()
        elif abs(now - self._measured_at) >= CLOCK_MAX_AGE:
            try:
                self.measure_clock()
            except RetryLater:
                self._measured_at = now - CLOCK_MAX_AGE + CLOCK_RETRY
                log.warning("clock could not be measured; the last measure is used")

    def _clock_sample_s(self) -> float:
        before = self._wall.now()
        answer = self._budgeted(self._opened().get_server_time, _TIME)
        taken = self._wall.now() - before
        return server_time_s(answer) - (before + taken / 2).timestamp()

    def _budgeted(self, call: Callable[[], Any], request: Request) -> Any:  # noqa: ANN401  parsed JSON
        with watched(self._watch):
            self._budget.acquire(request.weight, order=request.order)
            return self._answer(call, request)

    def _answer(self, call: Callable[[], Any], request: Request) -> Any:  # noqa: ANN401  parsed JSON
        """Make a call; what goes wrong is told without its address, which has the signature in it."""
        from powertrader.exchanges.binance_client import NoAnswer  # noqa: PLC0415  slow to load

        problem: ExchangeError
        try:
            return call()
        except NoAnswer as error:
            problem = self._refused(error.refusal, request)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            kind = CallKind.READ if _was_never_sent(error) else request.kind
            who = self._venue.settings.url or "Binance"
            problem = unanswered(kind, f"{request.subject}: no answer from {who} ({type(error).__name__})")
        # raised here, so that nothing which holds the signature is kept as its context
        raise problem

    def _refused(self, refusal: Refusal, request: Request) -> ExchangeError:
        now = self._wall.now()
        ahead = timedelta(milliseconds=self._opened().timestamp_offset)
        error = error_of(refusal, request.kind, request.subject, now + ahead)
        pause_s = address_pause_s(error, refusal)
        if pause_s is not None:
            self._budget.pause_until(now + timedelta(seconds=pause_s))
        return error

    def _note_weight(self, response: requests.Response, **_: object) -> None:
        used = response.headers.get(USED_WEIGHT, "")
        if used.isascii() and used.isdigit() and len(used) <= _MOST_DIGITS:
            self._budget.report(int(used))

    def _require_keys(self, subject: str) -> None:
        if self._credentials is None:
            msg = f"{subject}: needs API keys, and this session has none"
            raise ConfigError(msg)

    def _opened(self) -> "SpotClient":
        if self._client is None:
            from powertrader.exchanges.binance_client import BinanceHost, spot_client  # noqa: PLC0415  slow to load

            self._client = spot_client(BinanceHost(self._venue.mode, self._venue.settings), self._credentials)
            self._client.session.hooks["response"] = [self._note_weight]
            # at debug level it would log every address with its signature
            logging.getLogger(_LIBRARY_LOG).setLevel(logging.INFO)
        return self._client


def _was_never_sent(error: Exception) -> bool:
    """Tell whether not even a connection came about."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
