"""Proof that PowerTrader does what it says."""
