"""Predictions, bounds, signals, and the session that makes them."""
