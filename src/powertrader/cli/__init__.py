"""The command line: one file per command group; parses and dispatches, nothing else."""
