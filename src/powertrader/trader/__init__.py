"""From signals and prices to orders: engines and decide are pure, session carries them out."""
