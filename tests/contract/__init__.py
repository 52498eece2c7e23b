"""One suite for each port; every implementation passes it."""
