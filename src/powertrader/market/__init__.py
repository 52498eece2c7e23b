"""Candles as they come from files and from a made-up market, and the market that replays them."""
