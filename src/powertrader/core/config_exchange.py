"""The settings of the venues: who is asked for prices, who takes orders, and how carefully."""

import re
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from powertrader.core.config_fields import Key
from powertrader.core.config_sections import Number, Section, Whole
from powertrader.core.local_address import LOOPBACK

_VENUE: Final = re.compile(r"binance|kucoin|ccxt:[a-z0-9]+")


def _candle_venue(text: str) -> str:
    if not _VENUE.fullmatch(text):
        msg = "no such venue"
        raise ValueError(msg)
    return text


def _broker(text: str) -> str:
    if text == "kucoin":
        msg = "orders go to KuCoin through ccxt:kucoin"
        raise ValueError(msg)
    return _candle_venue(text)


def _local_address(text: str) -> str:
    """Give the address without a slash at its end; money never goes to an address that somebody typed."""
    if not text:
        return text
    parts = urlsplit(text)
    if parts.scheme != "http" or parts.hostname not in LOOPBACK or parts.port is None:
        msg = "must be this computer"
        raise ValueError(msg)
    return text.rstrip("/")


class ExchangeSection(Section):
    """Which venues are used, and how carefully they are asked."""

    broker: Annotated[
        str,
        AfterValidator(_broker),
        Key(
            "venue",
            "Who takes the orders.",
            "broker",
            "binance, or ccxt:NAME such as ccxt:kraken",
            restart=True,
        ),
    ] = "binance"
    candles_from: Annotated[
        str,
        AfterValidator(_candle_venue),
        Key(
            "venue",
            "Who gives the candles for training and signals.",
            "candles_from",
            "kucoin, binance, or ccxt:NAME such as ccxt:kraken",
            restart=True,
        ),
    ] = "kucoin"
    url: Annotated[
        str,
        AfterValidator(_local_address),
        Key(
            "address",
            "A local exchange that stands in for every venue; empty for the real ones.",
            "exchange_url",
            "empty or an address on this computer, such as http://127.0.0.1:8787",
            restart=True,
        ),
    ] = ""
    tld: Annotated[
        str,
        Field(pattern=r"^[a-z]{2,3}$"),
        Key("domain", "Binance's domain: com, or us for Binance.US.", "tld", "com or us", restart=True),
    ] = "com"
    endpoint: Annotated[
        Whole,
        Field(ge=0, le=4),
        Key("number", "Which of Binance's mirrors api1 to api4 is used; 0 for api itself.", restart=True),
    ] = 0
    recv_window_ms: Annotated[
        Whole,
        Field(ge=100, le=60_000),
        Key("ms", "How late a signed request may arrive at Binance and still count.", restart=True),
    ] = 5000
    timeout_s: Annotated[
        Number, Field(gt=0, le=120), Key("s", "How long an answer is waited for.", restart=True)
    ] = 10.0
    slow_down_pct: Annotated[
        Number,
        Field(gt=0, le=100),
        Key(
            "% of the limit",
            "From this share of a venue's request limit on, requests are spread out.",
            restart=True,
        ),
    ] = 80.0
    stop_pct: Annotated[
        Number,
        Field(gt=0, le=100),
        Key(
            "% of the limit",
            "From this share on, only orders are sent until the limit is free again.",
            restart=True,
        ),
    ] = 95.0
    user_stream: Annotated[
        bool,
        Key("switch", "Listen to Binance's account stream, as a hint to look sooner.", restart=True),
    ] = True

    @property
    def candle_market(self) -> str:
        """The market that candles come from: candles_from, with Binance's domain where it is not com."""
        elsewhere = self.candles_from == "binance" and self.tld != "com"
        return f"{self.candles_from}.{self.tld}" if elsewhere else self.candles_from


class PaperSection(Section):
    """What a paper account starts with."""

    start_quote: Annotated[
        Number,
        Field(gt=0, le=1e12),
        Key("quote asset", "What a new paper account holds.", "paper_start_quote", restart=True),
    ] = 10_000.0
