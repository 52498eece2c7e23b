"""The screens and their parts: one panel a file, built once, drawn from a HubView."""
