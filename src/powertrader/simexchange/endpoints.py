"""What an endpoint of the local exchange is: who may call it, what it costs, what it takes and answers."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, TypeAlias

from powertrader.simexchange.parameters import SIGNING, Parameters

if TYPE_CHECKING:
    from powertrader.simexchange.local_exchange import LocalExchange


class Security(Enum):
    """Who may call: everybody, or who signs with a key."""

    PUBLIC = auto()
    SIGNED = auto()


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it was received: the query and the body still in their own characters."""

    method: str
    path: str
    query: str = ""
    body: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed: checked parameters, wall time in milliseconds, and the account that asks.

    account is empty for a public call.
    """

    parameters: Parameters
    now_ms: int
    account: str = ""


Answer: TypeAlias = Callable[["LocalExchange", Call], object]
Weight: TypeAlias = int | Callable[[dict[str, str]], int]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One method and path. weight is a number, or follows from the parameters."""

    method: str
    path: str
    weight: Weight
    answer: Answer
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    security: Security = Security.PUBLIC
    counts_order: bool = False

    @property
    def accepted(self) -> frozenset[str]:
        """The parameters that may be left out, with those of a signature where one is needed."""
        return self.optional | SIGNING if self.security is Security.SIGNED else self.optional

    def cost(self, values: dict[str, str]) -> int:
        """Give the weight of a request with these parameters."""
        return self.weight if isinstance(self.weight, int) else self.weight(values)
