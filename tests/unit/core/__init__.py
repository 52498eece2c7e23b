"""The parts every process shares."""
