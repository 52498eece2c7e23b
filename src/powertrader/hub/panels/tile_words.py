"""What is said of a coin in one line: its levels, and why it is or is not bought."""

from powertrader.core.verdicts import words_for
from powertrader.hub.panels.tile_layout import tile_of
from powertrader.hub.price_text import percent_text
from powertrader.hub.text import text
from powertrader.models.snapshot import CoinView


def tile_words(view: CoinView) -> str:
    """Give a coin's name, levels, gain while it is held, and the newest decision on it."""
    tile = tile_of(view)
    parts = [
        text("classic.tile_levels_words", long=tile.long, short=tile.short)
        if tile.long is not None
        else text("classic.tile_no_signal", reason=view.waiting)
        if view.waiting
        else text("classic.tile_silent")
    ]
    if tile.gain_pct is not None:
        parts.append(text("classic.tile_held", gain=percent_text(tile.gain_pct)))
    verdict = view.frozen or view.halted or view.verdict
    if verdict:
        parts.append(words_for(verdict))
    return text("classic.tile_words", coin=view.coin, words="; ".join(parts))
