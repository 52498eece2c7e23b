"""PowerTrader: trains price patterns, turns them into signals and trades them, on paper first."""
