"""What every process shares: configuration, files, clock, errors, and the ports to the outside."""
