"""The settings of the way over from the original, coin by coin."""

from datetime import date
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field

from powertrader.core.config_fields import Key
from powertrader.core.config_sections import Number, Section

WHOLE: Final = 100.0


def _unquoted(value: object) -> object:
    """Give a day as text where YAML made a date of it; anything else stays."""
    return value.isoformat() if isinstance(value, date) else value


def _day(text: str) -> str:
    """Give a day as it is written, or nothing. Raises ValueError for anything else."""
    if text and date.fromisoformat(text).isoformat() != text:
        msg = "a day is written as year-month-day"
        raise ValueError(msg)
    return text


class CutoverSection(Section):
    """Which coins PowerTrader buys while the original trades the others."""

    share_pct: Annotated[
        Number,
        Field(ge=0, le=WHOLE),
        Key(
            "% of the coins",
            "The share of coins that PowerTrader buys; the others are left to the original.",
            "cutover_share_pct",
        ),
    ] = WHOLE
    since: Annotated[
        str,
        BeforeValidator(_unquoted),
        AfterValidator(_day),
        Key(
            "day",
            "The day the way over began; it decides which coins come first.",
            "cutover_since",
            "empty or a day such as 2026-11-21",
        ),
    ] = ""
    original_folder: Annotated[
        str,
        Key(
            "folder",
            "The original's folder; while it is named, a coin that the original would trade is refused.",
            "cutover_original_folder",
            restart=True,
        ),
    ] = ""
