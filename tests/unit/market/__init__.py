"""Candle files, resampling, the made-up market and the replay."""
