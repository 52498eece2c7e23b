"""The local exchange."""
