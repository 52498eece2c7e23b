"""From closed candles to the memories that the thinker asks."""
