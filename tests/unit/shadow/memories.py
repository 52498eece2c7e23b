"""Memories whose prediction is known."""

from powertrader.core.original_format import MemoryTexts, parse_memory
from powertrader.models.memory import PatternMemory


def memory_of(low_pct: float, high_pct: float = 30.0, *, damaged: bool = False) -> PatternMemory:
    """Give a memory that matches every candle and expects these moves; damaged: with an unreadable entry."""
    entries = [f"0.5 0.1{{}}{high_pct}{{}}{low_pct}", f"1.5 0.1{{}}{high_pct}{{}}{low_pct}"]
    entries += ["broken 0.1{}1{}1"] if damaged else []
    weights = " ".join(["1.0"] * len(entries))
    memory = parse_memory(MemoryTexts("~".join(entries), weights, weights, weights, "100000.0"))
    assert memory is not None
    return memory
