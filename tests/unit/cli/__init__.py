"""The commands, as a user or a script meets them."""
