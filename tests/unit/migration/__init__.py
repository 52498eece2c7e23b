"""The way over from an original folder."""
