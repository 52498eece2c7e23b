"""Recorded cases and how they are compared."""
