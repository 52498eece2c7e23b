"""Speed claims, measured by scripts/bench.py; not part of the timed suite."""
