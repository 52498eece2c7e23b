"""The settings of events and plugins: who else is told what happens in a worker."""

from collections import Counter
from typing import Annotated, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

from powertrader.core.config_fields import Key, listed
from powertrader.core.config_sections import Number, Section, Whole


def _redis_address(text: str) -> str:
    if text and not _is_redis_address(text):
        # what is wrong is not quoted: somebody may have put a password there
        msg = "a password does not belong here: give it in PT_REDIS_PASSWORD or the keyring"
        raise ValueError(msg)
    return text.rstrip("/")


def _is_redis_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    whole = bool(parts.hostname) and port != 0 and not (parts.password or parts.query or parts.fragment)
    database = parts.path.strip("/")
    return whole and parts.scheme in {"redis", "rediss"} and (not database or database.isdecimal())


def _different(names: tuple[str, ...]) -> tuple[str, ...]:
    twice = [name for name, times in Counter(names).items() if times > 1]
    if twice:
        msg = f"{twice[0]} comes twice"
        raise ValueError(msg)
    return names


PluginNames: TypeAlias = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,60}$")], ...],
    BeforeValidator(listed),
    Field(max_length=50),
    AfterValidator(_different),
]


class BusSection(Section):
    """Who else is told what happens in a worker."""

    redis_url: Annotated[
        str,
        AfterValidator(_redis_address),
        Key(
            "address",
            "A Redis server that gets every event; empty for none. Its password is no setting.",
            "redis_url",
            "empty or redis://HOST:PORT/DATABASE without a password, rediss:// for TLS",
            restart=True,
        ),
    ] = ""
    redis_stream: Annotated[
        str,
        Field(pattern=r"^[A-Za-z0-9_.:-]{1,100}$"),
        Key("name", "The stream of the server that the events are added to.", restart=True),
    ] = "powertrader:events"
    most_waiting: Annotated[
        Whole,
        Field(ge=1, le=1_000_000),
        Key("events", "So many are kept while Redis does not answer; then the oldest go.", restart=True),
    ] = 10_000
    notify: Annotated[
        bool, Key("switch", "Say in the log what a message to your phone would say.", restart=True)
    ] = False


class PluginsSection(Section):
    """Which plugins run in the trader, and when one of them is given up."""

    enabled: Annotated[
        PluginNames,
        Key(
            "names",
            "Installed plugins that run; none unless named: they run with the rights of the trader.",
            expected="different names, as `powertrader plugins` lists them",
            restart=True,
        ),
    ] = ()
    most_errors: Annotated[
        Whole,
        Field(ge=1, le=1000),
        Key("errors", "A plugin that made so many is not called any more until a restart.", restart=True),
    ] = 5
    deadline_s: Annotated[
        Number,
        Field(gt=0, le=3600),
        Key("s", "A plugin that takes longer for one call is not called any more.", restart=True),
    ] = 5.0
