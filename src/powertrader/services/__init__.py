"""Services around the workers: what tells people and other computers what happened."""
