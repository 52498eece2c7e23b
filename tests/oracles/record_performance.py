"""Record what two well-known libraries say of an equity curve, for tests of our own figures.

They are large and are not installed with PowerTrader. In an environment of its own:
    pip install empyrical-reloaded==0.7.1 quantstats==0.0.86
    python tests/oracles/record_performance.py tests/oracles/performance_figures.json
"""

import importlib
import json
import math
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

PERIODS = {"1h": 8760.0, "4h": 2190.0, "1d": 365.0, "1w": 365 / 7}
STEPS = 400


def returns_of(steps: int) -> list[float]:
    """Give a series with gains, losses and a long fall, the same everywhere."""
    waves = [0.0004 + 0.01 * math.sin(step * 1.7) * math.cos(step * 0.31) for step in range(steps)]
    return [wave - (0.011 if 120 <= step < 150 else 0.0) for step, wave in enumerate(waves)]


def figures(periods: float) -> dict[str, dict[str, float]]:
    """Give what each library says, fractions as it gives them."""
    pandas: Any = importlib.import_module("pandas")
    empyrical: Any = importlib.import_module("empyrical")
    quantstats: Any = importlib.import_module("quantstats.stats")
    days = pandas.date_range("2022-01-01", periods=STEPS, freq="D")
    returns = pandas.Series(returns_of(STEPS), index=days)
    return {
        "empyrical": {
            "cagr": empyrical.annual_return(returns, annualization=periods),
            "volatility": empyrical.annual_volatility(returns, annualization=periods),
            "sharpe": empyrical.sharpe_ratio(returns, annualization=periods),
            "sortino": empyrical.sortino_ratio(returns, annualization=periods),
            "calmar": empyrical.calmar_ratio(returns, annualization=periods),
            "max_drawdown": empyrical.max_drawdown(returns),
            "total": empyrical.cum_returns_final(returns),
        },
        "quantstats": {
            "volatility": quantstats.volatility(returns, periods=periods),
            "sharpe": quantstats.sharpe(returns, periods=periods),
            "sortino": quantstats.sortino(returns, periods=periods),
            "cagr": quantstats.cagr(returns, periods=periods),
            "max_drawdown": quantstats.max_drawdown(returns),
            "total": quantstats.comp(returns),
        },
    }


def main(path: Path) -> None:
    """Write the figures of every timeframe with the versions that gave them."""
    content = {
        "versions": {name: version(name) for name in ("empyrical-reloaded", "quantstats", "pandas", "numpy")},
        "figures": {timeframe: figures(periods) for timeframe, periods in PERIODS.items()},
    }
    plain = json.dumps(content, indent=1, default=float) + "\n"
    path.write_text(plain, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
