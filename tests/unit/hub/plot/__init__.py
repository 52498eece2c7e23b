"""The charts' geometry, their canvas and their pictures."""
