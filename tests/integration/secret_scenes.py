"""What users do with keys, rightly and wrongly, and everything that can go wrong on the way."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from Crypto.PublicKey import ECC

from tests.exchange_server import ExchangeServer
from tests.integration.secret_story import LIVE, PAPER, Scene

FULL: Final = "PT_SOAK_ROUNDS" in os.environ
WRONG_KEY: Final = "WrongKeyMark7Qk2Zr9LbVx4Tn8YpWs3Hd6"
WRONG_SECRET: Final = "WrongSecretMark5/Jm+1Gc=0Fb&Ae?Uo!Iy"  # noqa: S105  made up, to be looked for
PASSPHRASE: Final = "PassphraseMark 4 Rt+9/Kq=2 Zw&Lp"  # noqa: S105  as above
LONG_MARK: Final = f"LongMark{'Hx6Vc0Kd' * 60}"
"""As long as an RSA key: longer than a file name may be."""
EVERY_FAULT: Final[tuple[object, ...]] = (
    "lose_reply",
    {"error": -1021},
    {"delay_s": 0.7},
    {"status": 401},
    "refuse",
    {"status": 418},
    {"error": -1022},
    {"status": 503},
    {"truncate": 20},
    {"non_json": 502},
    {"status": 403},
    {"non_json": 200},
    {"status": 429},
    {"error": -2010},
    {"error": -2015},
    {"clock_skew_ms": 60000},
    {"partial_then_expired": 0.5},
    {"dust": 0.001},
    "cut_streams",
)
SIGNED: Final = ("GET /api/v3/account", "POST /api/v3/order")


@dataclass(frozen=True, slots=True)
class Pem:
    """An Ed25519 key: PEM text as it is and locked with PASSPHRASE, the number in hex, the public half."""

    text: str
    locked: str
    number: str
    public: str

    @property
    def body(self) -> str:
        """Give what stands between the first and the last line."""
        return self.text.splitlines()[1]


def new_pem() -> Pem:
    """Make a key."""
    key = ECC.generate(curve="ed25519")
    locked = key.export_key(
        format="PEM",
        passphrase=PASSPHRASE,
        protection="PBKDF2WithHMAC-SHA512AndAES256-CBC",
        prot_params={"iteration_count": 1000},
    )
    return Pem(
        key.export_key(format="PEM"), locked, key.seed.hex(), key.public_key().export_key(format="PEM")
    )


def all_scenes(venue: ExchangeServer, pem: Pem, pem_key: str, folder: Path) -> Iterator[Scene]:
    """Give every scene; folder is for files that belong to no home."""
    right = {"BINANCE_API_KEY": venue.api_key, "BINANCE_API_SECRET": venue.api_secret}
    yield everyday(right, folder)
    yield Scene("wrong secret", (LIVE,), {**right, "BINANCE_API_SECRET": WRONG_SECRET})
    yield Scene("wrong key", (LIVE,), {**right, "BINANCE_API_KEY": WRONG_KEY})
    yield Scene("odd letters", (LIVE,), {**right, "BINANCE_API_KEY": f"{WRONG_KEY}\u2026"})
    yield Scene("half a pair", (LIVE,), {"BINANCE_API_SECRET": WRONG_SECRET})
    pair = {"b_key.txt": f"{venue.api_key}\n", "b_secret.txt": f"{venue.api_secret}\n"}
    yield Scene("key files", (LIVE,), {}, (), pair)
    yield Scene("half of the files", (LIVE,), {}, (), {"b_secret.txt": f"{WRONG_SECRET}\n"})
    looks = (("preflight", "--mode", "live"), ("preflight", "--mode", "testnet", "--keys-only", "--json"))
    yield Scene("preflight", looks, right)
    yield Scene("preflight with a wrong secret", looks, {**right, "BINANCE_API_SECRET": WRONG_SECRET})
    yield from misplaced()
    yield from private_keys(pem, pem_key, folder)
    yield from through_the_library(venue.api_key, venue.api_secret)
    yield from faulty(right)


def everyday(environment: Mapping[str, str], folder: Path) -> Scene:
    """Give every command that has to do with an account or its settings."""
    account = hashlib.sha256(environment["BINANCE_API_KEY"].encode()).hexdigest()[:8]
    ledger = ("--mode", "live", "--account", account)
    exports = ((("--out", str(folder / f"trades.{form}"), "--format", form)) for form in ("csv", "jsonl"))
    return Scene(
        "everyday",
        (
            # enough steps for the account stream to begin
            (*LIVE, "--steps", "20"),
            ("ledger", "verify", *ledger),
            ("ledger", "show", *ledger),
            ("ledger", "explain", "BTC", *ledger),
            *(("ledger", "export", *export, *ledger) for export in exports),
            ("pause", "BTC", "--mode", "live"),
            ("resume", "BTC", "--mode", "live"),
            ("sell", "BTC", "--yes", "--mode", "live"),
            ("adopt", "BTC", "--yes", "--mode", "live"),
            ("config", "show"),
            ("config", "check"),
            ("config", "hash"),
            PAPER,
            ("trainer", "BTC"),
            ("thinker", "BTC", "--steps", "2", "--set", "trader.step_s=0.01"),
        ),
        environment,
    )


def misplaced() -> Iterator[Scene]:
    """Give keys that somebody wrote where settings belong."""
    check = (("config", "check"), ("config", "show"), (*PAPER, "--once"))
    for number, (name, content) in enumerate(
        (
            (
                "config/trading_config.yaml",
                f"api_key: {WRONG_KEY}\nexchange: {{api_secret: '{WRONG_SECRET}'}}\n",
            ),
            ("config/trading_config.yaml", f"api_key: {WRONG_KEY}\napi_secret: [{WRONG_SECRET}\n"),
            (".env", f"BINANCE_API_KEY={WRONG_KEY}\nPT__API_SECRET={WRONG_SECRET}\n"),
            ("config/gui_settings.json", f'{{"api_key": "{WRONG_KEY}", "coins": ["BTC"]}}'),
            ("config/gui_settings.json", f'{{"api_key": "{WRONG_KEY}", "coins": ["BTC"'),
        )
    ):
        yield Scene(f"misplaced {number}", check, {}, (), {name: content})
    yield Scene("misplaced in the environment", check, {"PT__API_SECRET": WRONG_SECRET})
    yield Scene("misplaced on the command line", ((*PAPER, "--set", f"api_secret={WRONG_SECRET}"),))


def private_keys(pem: Pem, pem_key: str, folder: Path) -> Iterator[Scene]:
    """Give private keys as text and as a file, locked, damaged, and something else instead."""
    path = folder / "pem"
    path.write_text(pem.locked, encoding="utf-8")
    locked = {"BINANCE_PRIVATE_KEY": str(path), "BINANCE_PRIVATE_KEY_PASSPHRASE": PASSPHRASE}
    given: Mapping[str, Mapping[str, str]] = {
        "as text": {"BINANCE_PRIVATE_KEY": pem.text},
        "on one line": {"BINANCE_PRIVATE_KEY": pem.text.replace("\n", "\\n")},
        "locked": locked,
        "wrong passphrase": {**locked, "BINANCE_PRIVATE_KEY_PASSPHRASE": WRONG_SECRET},
        "cut": {"BINANCE_PRIVATE_KEY": pem.text[:-40]},
        "no PEM": {"BINANCE_PRIVATE_KEY": pem.body},
        "no PEM but long": {"BINANCE_PRIVATE_KEY": LONG_MARK},
        "a folder": {"BINANCE_PRIVATE_KEY": str(folder)},
    }
    for name, environment in given.items():
        yield Scene(f"private key {name}", (LIVE,), {"BINANCE_API_KEY": pem_key, **environment})


def through_the_library(key: str, secret: str) -> Iterator[Scene]:
    """Give an account that is reached through ccxt."""
    right = {"CCXT_BINANCE_API_KEY": key, "CCXT_BINANCE_SECRET": secret}
    broker = (*LIVE, "--set", "exchange.broker=ccxt:binance")
    yield Scene("library", (broker,), right)
    yield Scene("library wrong secret", (broker,), {**right, "CCXT_BINANCE_SECRET": WRONG_SECRET})
    for number, then in enumerate(EVERY_FAULT if FULL else EVERY_FAULT[:2]):
        order = {"on": "POST /api/v3/order", "times": 1, "then": then}
        account = {"on": "GET /api/v3/account", "nth": 2, "then": then}
        yield Scene(f"library fault {number}", (broker,), right, (order, account) if FULL else (order,))


def faulty(environment: Mapping[str, str]) -> Iterator[Scene]:
    """Give a trader for each fault, on every kind of signed request or, in the short form, on one of them."""
    for number, then in enumerate(EVERY_FAULT):
        struck = SIGNED if FULL else SIGNED[number % len(SIGNED) :][:1]
        faults = tuple({"on": on, "times": 2 if FULL else 1, "then": then} for on in struck)
        yield Scene(f"fault {number}", (LIVE,), environment, faults)
