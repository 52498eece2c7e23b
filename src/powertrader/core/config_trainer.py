"""The settings of the trainer."""

from typing import Annotated

from pydantic import Field

from powertrader.core.config_fields import Key
from powertrader.core.config_sections import Number, Section


class TrainerSection(Section):
    """When a trainer that stays trains a coin again."""

    retrain_days: Annotated[
        Number,
        Field(ge=0, le=365),
        Key(
            "days",
            "A coin is trained again when its training is this old; 0 leaves that to you. "
            "After 14 days it signals no more.",
        ),
    ] = 7.0
