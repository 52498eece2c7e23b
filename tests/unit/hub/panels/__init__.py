"""The panels, each in a real window."""
