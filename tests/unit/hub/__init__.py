"""The state behind the window."""
