"""Numbers about the past: pure functions over an equity curve and trades."""
