"""Past markets through the session that trades live: replay now, with a ManualClock for the time."""
