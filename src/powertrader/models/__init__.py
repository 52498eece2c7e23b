"""Values every process shares: checked once at birth, no I/O, no clock, no logging."""
