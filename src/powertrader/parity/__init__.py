"""Recorded runs of the original scripts, replayed through our code and compared."""
