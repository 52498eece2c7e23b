"""What outlives a process: the journal of the ledger."""
