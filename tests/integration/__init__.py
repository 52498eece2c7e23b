"""Several real parts together, real processes and real files."""
