"""The trader: engines and decisions by themselves, sessions against a venue of our own."""
