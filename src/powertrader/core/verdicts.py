"""What a decision comes to: short names that programs compare, and the words for people."""

from collections.abc import Mapping
from typing import Final

from powertrader.models.types import CoinSymbol

EVERY_COIN: Final[CoinSymbol] = ""
"""Stands for all coins in a record of a step that was not made."""
STEPS_GO_ON: Final = "steps_go_on"
"""The verdict on every coin once steps are made again."""

_WORDS: Final[Mapping[str, str]] = {
    "no_account": "the account did not answer: nothing is decided without balances",
    "no_pairs": "the venue has not told its order rules yet",
    "no_price": "no price in this step",
    "no_signal": "no fresh signal",
    "no_basis": "the average price paid is unknown: neither sold nor averaged down",
    "not_tradable": "the venue does not list the pair or does not trade it now",
    "not_in_account": "the account holds nothing of it that could be sold, the ledger says it should",
    "order_open": "an order of this coin is not over: it is looked up in every step, nothing else is done",
    "order_unknown": "an order was sent and no answer came: it is looked up, never sent again",
    "not_filled": "the order ended without being executed",
    "partly_done": "the order ended with only a part of it executed",
    "prices_stale": "the step had to wait, so its prices are old: the rest waits for the next step",
    "cooling_down": "waits after the venue refused an order",
    "too_small_to_sell": "the position is worth less than the venue's smallest order: it cannot be sold yet",
    "over_funds": "costs more than the free funds",
    "below_min_quantity": "less than the venue's smallest quantity",
    "below_min_notional": "worth less than the venue's smallest order",
    "long_below_start_level": "too few timeframes say long",
    "short_not_zero": "a timeframe says short",
    "dca_not_reached": "neither the trailing line nor a DCA level is reached",
    "dca_window_full": "as many DCA buys in 24 hours as are allowed",
    "trailing": "the trailing line follows the price",
    "trailing_exit": "sold below the trailing line",
    "manual_exit": "sold by hand",
    "entry": "bought",
    "halted": "buying is paused",
    "not_reached": "the step ended before its turn came: the next one looks at it",
    "left_over": "too little is left of it to be sold: it is left alone",
    "steps_go_on": "steps go on",
}


def words_for(verdict: str) -> str:
    """Give a verdict as a sentence; one that is a sentence already stays as it is."""
    if verdict.startswith("dca_hard_"):
        return f"bought at DCA stage {verdict.removeprefix('dca_hard_')}, by its percent"
    if verdict.startswith("dca_neural_"):
        return f"averaged down at long level {verdict.removeprefix('dca_neural_')}"
    return _WORDS.get(verdict, verdict)
