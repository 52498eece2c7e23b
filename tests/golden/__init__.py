"""Recorded runs of the original scripts through our code."""
