"""Verdicts in plain words."""

import pytest

from powertrader.core.verdicts import words_for


@pytest.mark.parametrize(
    "verdict,words",
    [
        ("dca_hard_3", "bought at DCA stage 3, by its percent"),
        ("dca_neural_5", "averaged down at long level 5"),
        ("no_price", "no price in this step"),
        ("refused: NOTIONAL 4 is below 5", "refused: NOTIONAL 4 is below 5"),
    ],
)
def test_a_verdict_becomes_a_sentence_and_a_sentence_stays(verdict: str, words: str) -> None:
    assert words_for(verdict) == words
