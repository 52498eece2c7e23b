"""Example strategies beyond the classic one: from candles to whether to hold, for a whole history at once."""
