"""One conversation with Binance through python-binance: addresses, keys, clock, limits, errors."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any, Final, TypeAlias

import requests
from binance.client import Client
from binance.exceptions import BinanceAPIException, BinanceRequestException

from powertrader.core.clock import Clock
from powertrader.core.config_exchange import ExchangeSection
from powertrader.core.credentials import BinanceCredentials
from powertrader.core.exceptions import AccessRefused, ConfigError, ExchangeError, RateLimitError
from powertrader.core.request_budget import RequestBudget
from powertrader.core.retry import RetryPolicy, call_with_retry
from powertrader.exchanges.binance_errors import ClockOff, Failure, error_of
from powertrader.exchanges.binance_wire import error_fields
from powertrader.models.types import Environment

READ_RETRIES: Final = RetryPolicy(max_tries=3, first_delay_s=0.5, factor=2.0, jitter_fraction=0.25)
CLOCK_SAMPLES: Final = 5
CLOCK_MAX_AGE: Final = timedelta(minutes=30)
USED_WEIGHT: Final = "X-MBX-USED-WEIGHT-1M"
RETRY_AFTER: Final = "Retry-After"
_MS_PER_S: Final = 1000.0
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
    """A call of python-binance: the name of its method, what Binance counts for it, what is asked for."""

    method: str
    weight: int
    subject: str
    signed: bool = False
    order: bool = False


class BinanceSession:
    """Makes calls. Reads are repeated, whatever changes the account is sent once.

    Not for several threads at once. credentials None allows public calls only.
    """

    def __init__(
        self, venue: BinanceVenue, credentials: BinanceCredentials | None, budget: RequestBudget, wall: Clock
    ) -> None:
        """Open nothing yet."""
        self._venue = venue
        self._credentials = credentials
        self._budget = budget
        self._wall = wall
        self._client: Client | None = None
        self._measured_at: datetime | None = None

    def read(self, request: Request, **parameters: Parameter) -> Any:  # noqa: ANN401  parsed JSON, typed by *_wire
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

    def change(self, request: Request, **parameters: Parameter) -> Any:  # noqa: ANN401  parsed JSON, typed by *_wire
        """Give the answer to a call that changes the account; it is sent once.

        Only a call that Binance refused because of the time is sent again, once. Raises OrderUnknown
        when it is not known what became of it.
        """
        return self._send(request, parameters)

    def clock_offset_ms(self) -> float:
        """Measure by how many milliseconds Binance's clock is ahead of ours: the median of five samples."""
        client = self._opened()
        offsets = []
        for _ in range(CLOCK_SAMPLES):
            self._budget.acquire(1)
            before = self._wall_ms()
            reply = self._called(client.get_server_time, Request("get_server_time", 1, "time"))
            after = self._wall_ms()
            server_ms = reply.get("serverTime") if isinstance(reply, dict) else None
            if isinstance(server_ms, int | float) and not isinstance(server_ms, bool):
                offsets.append(server_ms - (before + after) / 2)
        if not offsets:
            failure = Failure("time", None, None, "a time that cannot be read", self._wall_ms())
            raise error_of(failure, order=False)
        self._measured_at = self._wall.now()
        offset = median(offsets)
        client.timestamp_offset = round(offset)
        return offset

    def close(self) -> None:
        """Let go of the connection; the next call opens another."""
        if self._client is not None:
            self._client.close_connection()
            self._client = None

    def _send(self, request: Request, parameters: Mapping[str, Parameter]) -> Any:  # noqa: ANN401  parsed JSON
        client = self._opened()
        if request.signed:
            self._require_keys(request)
            if self._measured_at is None or abs(self._wall.now() - self._measured_at) >= CLOCK_MAX_AGE:
                self.clock_offset_ms()
        call = partial(getattr(client, request.method), **parameters)
        try:
            return self._budgeted(call, request)
        except ClockOff:
            # Nothing was done: the one refusal after which even an order may be sent again, and only once.
            offset = self.clock_offset_ms()
            log.warning("clock measured again", extra={"offset_ms": round(offset)})
            return self._budgeted(call, request)

    def _budgeted(self, call: Callable[[], Any], request: Request) -> Any:  # noqa: ANN401  parsed JSON
        self._budget.acquire(request.weight, order=request.order)
        try:
            return self._called(call, request)
        except (RateLimitError, AccessRefused) as error:
            if error.retry_after_s is not None:
                self._budget.pause_until(self._wall.now() + timedelta(seconds=error.retry_after_s))
            raise

    def _called(self, call: Callable[[], Any], request: Request) -> Any:  # noqa: ANN401  parsed JSON
        """Make a call; what goes wrong is told without its address, which has the signature in it."""
        problem: ExchangeError | None = None
        try:
            answer = call()
        except BinanceAPIException as error:
            problem = self._error_of(request, error.response)
        except BinanceRequestException:
            problem = self._no_answer(request, "something that is no JSON")
        except requests.RequestException as error:
            problem = self._no_answer(request, f"nothing ({type(error).__name__})")
        except (AttributeError, ValueError):
            # python-binance trips over an error reply that is JSON but no object
            problem = self._no_answer(request, "something that is no reply of its own")
        if problem is not None:
            raise problem from None
        self._report_weight()
        return answer

    def _error_of(self, request: Request, response: requests.Response) -> ExchangeError:
        self._report_weight()
        try:
            # read anew: python-binance makes 0 of a code that is missing
            known, text = error_fields(response.json())
        except ValueError:
            known, text = None, "without a reply that can be read"
        failure = Failure(
            request.subject,
            response.status_code,
            known,
            text,
            self._wall_ms() + self._opened().timestamp_offset,
            _seconds(response.headers.get(RETRY_AFTER)),
        )
        return error_of(failure, order=request.order)

    def _no_answer(self, request: Request, what: str) -> ExchangeError:
        return error_of(Failure(request.subject, None, None, what, self._wall_ms()), order=request.order)

    def _report_weight(self) -> None:
        response = getattr(self._opened(), "response", None)
        used = None if response is None else _seconds(response.headers.get(USED_WEIGHT))
        if used is not None:
            self._budget.report(int(used))

    def _wall_ms(self) -> float:
        return self._wall.now().timestamp() * _MS_PER_S

    def _require_keys(self, request: Request) -> None:
        if self._credentials is None:
            msg = f"{request.subject}: needs API keys, and this session has none"
            raise ConfigError(msg)

    def _opened(self) -> Client:
        if self._client is None:
            self._client = self._made()
        return self._client

    def _made(self) -> Client:
        settings, mode, keys = self._venue.settings, self._venue.mode, self._credentials
        client = _client(
            api_key=None if keys is None else keys.api_key.reveal(),
            api_secret=None if keys is None or keys.api_secret is None else keys.api_secret.reveal(),
            tld=settings.tld,
            base_endpoint=str(settings.endpoint or ""),
            testnet=mode == "testnet",
            demo=mode == "demo",
            private_key=None if keys is None or keys.private_key is None else keys.private_key.reveal(),
            private_key_pass=None if keys is None or keys.passphrase is None else keys.passphrase.reveal(),
            ping=False,
        )
        client.REQUEST_TIMEOUT = settings.timeout_s
        # 1.0.37 overwrites what a call asks for with this value
        client.REQUEST_RECVWINDOW = settings.recv_window_ms
        if settings.url:
            client.API_URL = client.API_TESTNET_URL = client.API_DEMO_URL = f"{settings.url}/api"
            # a proxy of the surroundings is for the internet, not for this computer
            client.session.trust_env = False
        return client


def _client(**options: str | bool | None) -> Client:
    """Make python-binance's client. Raises ConfigError for a private key that it cannot read."""
    try:
        return Client(**options)
    except (ValueError, IndexError, TypeError):
        # its own words could hold the key
        msg = (
            "the private key for Binance cannot be read: it must be PEM, Ed25519 or RSA, with its passphrase"
        )
        raise ConfigError(msg) from None


def _seconds(text: str | None) -> float | None:
    """Give the number of a header, None when it has none."""
    try:
        return max(0.0, float(text)) if text is not None else None
    except ValueError:
        return None
