"""A VenueWatch for tests, which remembers what it heard."""

from dataclasses import dataclass, field

ANSWER = "answer"


@dataclass(slots=True)
class NotingWatch:
    """Notes by how much clocks were ahead, and of each request ANSWER or what went wrong."""

    clocks: list[float] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    def clock_measured(self, ahead_s: float) -> None:
        """Note it."""
        self.clocks.append(ahead_s)

    def answered(self) -> None:
        """Note it."""
        self.heard.append(ANSWER)

    def silent(self, problem: str) -> None:
        """Note it."""
        self.heard.append(problem)
