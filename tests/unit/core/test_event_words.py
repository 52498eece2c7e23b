"""Every event has its sentence, in words for people."""

import pytest

from powertrader.core.event_words import words_of
from powertrader.models.events import Event, TradeExecuted, TradingHalted, TrainingFinished, WorkerCrashed
from powertrader.models.order import Side
from tests.unit.core.event_cases import AT, CASES, position, trade

SENTENCES = (
    "BTC signals LONG 3, SHORT 0",
    "PAPER: bought 0.1 BTC for 10.00 USDT (entry)",
    "LIVE 12ab34cd: ETH was not traded (dca hard 1): no funds: 3 < 5",
    "PAPER: all coins are stopped: asked for by the user",
    "PAPER: BTC is no longer stopped",
    "BTC was trained",
    "the thinker was started again after a crash (process 4711)",
    "the thinker ended, the last it said was: killed; it is started again in 2 s",
    "the plugin diary is not called any more: ValueError: odd",
)


@pytest.mark.parametrize("case, sentence", [*zip(CASES, SENTENCES, strict=True)])
def test_a_fact_is_told_in_a_sentence(case: Event, sentence: str) -> None:
    assert words_of(case) == sentence


@pytest.mark.parametrize(
    "event, sentence",
    [
        (
            TradeExecuted("live", "12ab34cd", "USDT", trade("trailing_exit", Side.SELL), position(), AT),
            "LIVE 12ab34cd: sold 0.1 BTC for 10.00 USDT, +5.20 % from the basis, profit +1.25 (trail",
        ),
        (TradingHalted("live", "default", "ETH", "ledger 3, account 2", AT), "LIVE: ETH is stopped: "),
        (TrainingFinished("ETH", "too few candles", AT), "ETH was not trained: too few candles"),
        (
            WorkerCrashed("trader", 9, 3, "disk full", None, AT),
            "the trader ended with exit code 3, the last it said was: disk full",
        ),
    ],
)
def test_what_is_special_is_said(event: Event, sentence: str) -> None:
    assert words_of(event).startswith(sentence)
