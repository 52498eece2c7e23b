"""A process that buys on a paper account and says which orders it was told of, until it is killed.

Argument: the account's file.
"""

import itertools
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from powertrader.core.clock import ManualClock
from powertrader.core.storage import FileStore
from powertrader.exchanges.paper import PaperTerms, PaperTradingClient, default_instruments
from powertrader.exchanges.paper_file import PaperFile
from powertrader.models.account import Quote
from powertrader.models.costs import CostModel
from powertrader.models.order import Side
from tests.contract.trading_client_contract import intent_of


class OnePrice:
    """Every coin at the same price for ever."""

    def get_quotes(self, coins: Iterable[str]) -> Mapping[str, Quote]:
        """Give it."""
        return {coin: Quote(99.0, 101.0) for coin in coins}


def client_in(path: Path) -> PaperTradingClient:
    """Give the account that is kept in a file."""
    terms = PaperTerms(default_instruments(("BTC",), "USDT"), CostModel(), "USDT")
    clock = ManualClock(datetime(2024, 1, 1, tzinfo=UTC))
    return PaperTradingClient(
        OnePrice(), terms, clock, {"USDT": Decimal(1_000_000)}, PaperFile(path, FileStore())
    )


def main() -> None:
    """Buy and sell in turn, each order with the next number."""
    client = client_in(Path(sys.argv[1]))
    done = len(client.get_order_history("BTCUSDT"))
    for number in itertools.count(done):
        side = Side.SELL if number % 3 == 2 else Side.BUY
        client.place_order(intent_of(side, "0.5", f"pt-{number}"))
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
