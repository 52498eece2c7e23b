"""What the window asks about keys and readiness: each question is a program of its own."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from powertrader.core.exceptions import BadData
from powertrader.core.preflight import Preflight, preflight_of
from powertrader.hub.ports import HubPorts
from powertrader.hub.programs import Program
from powertrader.models.types import Environment

Store: TypeAlias = Literal["none", "keyring", "files"]


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Whether keys are at hand: the account they are of, where they lie, or what is missing."""

    account: str
    places: tuple[str, ...]
    problem: str = ""


AskKeys: TypeAlias = Callable[[HubPorts, Environment], KeyStatus]
"""Tells whether keys for a trading mode are at hand."""


class TypedKeys:
    """Keys as they were typed; printed as stars, and gone once they were handed over."""

    __slots__ = ("_content",)

    def __init__(self, content: Mapping[str, str]) -> None:
        """Keep them: api_key with api_secret, or with private_key and passphrase."""
        self._content: Mapping[str, str] | None = dict(content)

    def __repr__(self) -> str:
        return "***"

    def hand_over(self) -> bytes:
        """Give them once, for a program's standard input."""
        content, self._content = self._content or {}, None
        return json.dumps(content).encode()


def preflight_program(ports: HubPorts, mode: str = "") -> Program:
    """Give the program that looks at everything a start needs; mode: in place of the settings'."""
    return Program(ports, "preflight", *ports.options, *_mode(mode))


def key_program(ports: HubPorts, mode: str, store: Store = "none", *, replacing: bool = False) -> Program:
    """Give the program that tries keys which it is handed, and stores them if wanted."""
    more = ("--replace",) if replacing else ()
    wanted = ("--keys-only", "--keys-from-stdin", "--store", store)
    return Program(ports, "preflight", *ports.options, *_mode(mode), *wanted, *more)


def ask_preflight(program: Program, keys: TypedKeys | None = None) -> Preflight:
    """Run a pre-flight and give its report. Raises as Program.answer, and BadData for another answer."""
    return preflight_of(program.answer(b"" if keys is None else keys.hand_over()))


def ask_key_status(ports: HubPorts, mode: Environment) -> KeyStatus:
    """Tell whether keys for a trading mode are at hand; for paper, whether those for live are.

    Raises as Program.answer, and BadData for another answer.
    """
    told = Program(ports, "keys", "status", *_home(ports)).answer()
    content = told.get("live" if mode == "paper" else mode)
    places = content.get("places") if isinstance(content, dict) else None
    if not isinstance(content, dict) or not isinstance(places, list):
        msg = "the program told nothing about keys"
        raise BadData(msg)
    account, problem = content.get("account"), content.get("problem")
    return KeyStatus(str(account or ""), tuple(map(str, places)), str(problem or ""))


def clear_keys(ports: HubPorts) -> KeyStatus:
    """Delete the keys that the home and the system's keyring hold; places names what is left."""
    content = Program(ports, "keys", "clear", "--yes", *_home(ports)).answer()
    left = content.get("left")
    return KeyStatus("", tuple(map(str, left)) if isinstance(left, list) else ())


def _mode(mode: str) -> tuple[str, ...]:
    return ("--mode", mode) if mode else ()


def _home(ports: HubPorts) -> tuple[str, str]:
    return "--home", str(ports.paths.root)
