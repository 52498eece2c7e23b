"""Nothing that computes over candles goes through their rows in interpreted code."""

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.frame_rules import row_loops

SOURCE: Final = Path(__file__).resolve().parents[2] / "src" / "powertrader"
PACKAGES: Final = ("backtest", "strategy", "analytics")


@pytest.mark.parametrize("package", PACKAGES)
def test_no_loop_goes_over_the_rows_of_a_table(package: str) -> None:
    files = sorted((SOURCE / package).rglob("*.py"))
    assert files
    found = [f"{path.name} {loop}" for path in files for loop in row_loops(path.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "bad",
    [
        "for row in frame.iterrows():\n    use(row)\n",
        "rows = list(frame.itertuples())\n",
        "import pandas as pd\n",
        "from polars.io import csv\n",
        "for price in candles.close:\n    use(price)\n",
        "for price in candles.close.tolist():\n    use(price)\n",
        "for low, high in zip(candles.low, candles.high, strict=True):\n    use(low, high)\n",
        "highs = [high for high in candles.high]\n",
        "def slow():\n    for place, price in enumerate(bars.close):\n        use(price)\n",
    ],
)
def test_a_loop_over_rows_is_found(bad: str) -> None:
    assert list(row_loops(bad))


@pytest.mark.parametrize(
    "good",
    [
        "@njit(cache=True)\ndef fast(bars):\n    for price in bars.close:\n        use(price)\n",
        "for coin, candles in market.items():\n    use(candles.close.sum())\n",
        "rises = candles.close[1:] > candles.close[:-1]\n",
    ],
)
def test_whole_columns_and_compiled_code_are_no_loops_over_rows(good: str) -> None:
    ast.parse(good)
    assert list(row_loops(good)) == []
