"""Whole systems under load: many coins, a whole day, and everything that goes wrong meanwhile."""
