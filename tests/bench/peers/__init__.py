"""Programs that run in the peers' own environments, and what they all measure."""
