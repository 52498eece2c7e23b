"""A decision that compat=safe makes differently."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One differing decision; deviation is its id in docs/DEVIATIONS.md, None when nothing explains it."""

    where: str
    original: str
    ours: str
    deviation: str | None
