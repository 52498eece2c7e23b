"""Beside a live installation of the original: what it does, whether we would do the same, who trades what."""
