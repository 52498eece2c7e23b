"""Bytes that nobody should send: at random, and true ones that were flipped, cut, filled or twisted."""

import copy
import gzip
import json
import random
from collections.abc import Callable, Iterator
from typing import Any, Final

_LONGEST: Final = 200
_TIMES: Final = 3
_HOSTILE: Final[tuple[Any, ...]] = (
    None,
    True,
    0,
    -1,
    2**63,
    10**400,
    0.1,
    1e308,
    float("nan"),
    float("inf"),
    "",
    " ",
    "NaN",
    "-Infinity",
    "1e999999",
    "1E+99",
    "-0.00000001",
    "9" * 5000,
    "0x10",
    "1_000",
    "\u0661\u0662",
    "\ud800",
    "\x00\n\x1b[2J",
    "../../etc/passwd",
    "a" * 10_000,
    [],
    {},
    [[[[]]]],
    {"symbol": {}},
)
_WORDS: Final = (
    b"\x00",
    b"\xff\xfe",
    b"{",
    b"[" * 2000,
    b'"',
    b"\n",
    b",",
    b"-",
    b"9" * 400,
    b"NaN",
    b"\xed\xa0\x80",
)


def hostile(samples: tuple[bytes, ...], chance: random.Random) -> Iterator[bytes]:
    """Give hostile bytes without end: a part of them is random, the others come from true samples."""
    twisted = [found for sample in samples if (found := _parsed(sample)) is not None]
    ways: list[Callable[[], bytes]] = [lambda: chance.randbytes(chance.randrange(_LONGEST))]
    if samples:
        ways += [lambda: _mutated(chance.choice(samples), chance)] * 3
    if twisted:
        ways += [lambda: _written(_twisted(chance.choice(twisted), chance))] * 3
    while True:
        yield chance.choice(ways)()


def _mutated(sample: bytes, chance: random.Random) -> bytes:
    """Flip, cut, insert, repeat and swap; now and then inside of what gzip packed."""
    if sample.startswith(b"\x1f\x8b") and chance.random() < 0.5:
        return gzip.compress(_mutated(gzip.decompress(sample), chance))
    raw = sample
    for _ in range(chance.randrange(1, _TIMES + 1)):
        at, to = sorted((chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)))
        flipped = bytes([raw[at] ^ (1 << chance.randrange(8))]) if at < len(raw) else b""
        raw = chance.choice(
            (
                raw[:at] + flipped + raw[at + 1 :],
                raw[:at],
                raw[:at] + chance.choice(_WORDS) + raw[at:],
                raw[:at] + chance.randbytes(chance.randrange(4)) + raw[at:],
                raw[:at] + raw[to:],
                raw[:to] + raw[at:to] + raw[to:],
            )
        )
    return raw


def _twisted(content: Any, chance: random.Random) -> Any:
    """Put something hostile in the place of one part of a JSON value, at any depth, or leave it out."""
    root = [copy.deepcopy(content)]
    for _ in range(chance.randrange(1, _TIMES + 1)):
        holder: Any = root
        while True:
            keys = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
            if not keys:
                break
            key = chance.choice(keys)
            if isinstance(holder[key], dict | list) and holder[key] and chance.random() < 0.9:
                holder = holder[key]
                continue
            if isinstance(holder, dict) and chance.random() < 0.2:
                del holder[key]
            else:
                holder[key] = copy.deepcopy(chance.choice(_HOSTILE))
            break
    return root[0]


def _parsed(sample: bytes) -> Any:
    try:
        return json.loads(sample)
    except ValueError:
        return None


def _written(content: Any) -> bytes:
    return json.dumps(content).encode()
