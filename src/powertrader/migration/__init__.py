"""The way over from a user's PowerTrader_AI folder: read, checked and copied, never changed."""
