"""From the newest closed candles and what training learnt to a signal."""
