"""What a result was made from: hashes of the program and of the candles."""

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from powertrader.core.config import HASH_DIGITS
from powertrader.market.candle_files import content_sha256
from powertrader.models.candle import Candles
from powertrader.models.types import CoinSymbol

PACKAGE: Final = "powertrader"


@cache
def code_version() -> str:
    """Give the version with a hash over every source file of the package, for example 0.1.0+3f2a....

    Two results with the same text came from the same program, installed or not. Read once: a process goes
    on with the code that it began with.
    """
    root = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    files = {path.as_posix()[len(root.as_posix()) + 1 :]: path for path in root.rglob("*.py")}
    for name, path in sorted(files.items()):
        digest.update(name.encode())
        digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return f"{_installed_version()}+{digest.hexdigest()[:HASH_DIGITS]}"


def data_hash(candles: Mapping[CoinSymbol, Candles]) -> str:
    """Give one hash of every candle of every coin, whatever file or format they came from."""
    digest = hashlib.sha256()
    for coin, columns in sorted(candles.items()):
        digest.update(f"{coin} {content_sha256(columns)};".encode())
    return digest.hexdigest()[:HASH_DIGITS]


def _installed_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "uninstalled"
