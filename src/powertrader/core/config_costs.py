"""The settings of what trading costs in paper, replay and on the local exchange."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from powertrader.core.config_fields import Key, listed
from powertrader.core.config_sections import Number, Section
from powertrader.models.costs import USUAL_SLIPPAGE_TIERS, USUAL_SPREAD_TIERS, CostModel, CostTier

FEE_TIERS_PCT: Final[Mapping[str, tuple[float, float]]] = {"binance": (0.1, 0.1), "coinbase": (0.4, 0.6)}
"""Maker and taker fee of each venue's first tier, in percent."""

_TABLE: Final = "pairs LIMIT:PERCENT with growing limits, such as {}, or nothing"


def _pairs(value: object) -> object:
    """Turn text such as "1:0.05, 5:0.25" into pairs; anything else stays."""
    parts = listed(value)
    if not isinstance(parts, list):
        return parts
    return [part.split(":") if isinstance(part, str) else part for part in parts]


def _growing(pairs: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    limits = [limit for limit, _ in pairs]
    if limits != sorted(set(limits)):
        msg = "the limits do not grow"
        raise ValueError(msg)
    return pairs


Table: TypeAlias = Annotated[
    tuple[tuple[Annotated[Number, Field(gt=0)], Annotated[Number, Field(ge=0, lt=100)]], ...],
    BeforeValidator(_pairs),
    Field(max_length=20),
    AfterValidator(_growing),
]


class CostsSection(Section):
    """What trading costs in paper and replay."""

    tier: Annotated[
        Literal["binance", "coinbase"],
        Key("choice", "Whose fees count: binance 0.1/0.1 %, coinbase 0.4/0.6 %.", restart=True),
    ] = "binance"
    maker_pct: Annotated[
        Number | None,
        Field(ge=0, lt=100),
        Key("% of the amount", "Fee of a resting order; null takes the tier's.", restart=True),
    ] = None
    taker_pct: Annotated[
        Number | None,
        Field(ge=0, lt=100),
        Key("% of the amount", "Fee of a market order; null takes the tier's.", restart=True),
    ] = None
    spread_pct: Annotated[
        Number,
        Field(ge=0, lt=100),
        Key("% of the price", "Gap between bid and ask around a candle's close.", restart=True),
    ] = 0.02
    slippage_pct: Annotated[
        Number,
        Field(ge=0, lt=100),
        Key("% of the price", "How much worse a market order fills.", restart=True),
    ] = 0.01
    slippage_tiers: Annotated[
        Table,
        Key(
            "% of a candle's volume : % of the price",
            "How much worse still it fills when it takes more than so much of the newest candle's volume.",
            expected=_TABLE.format("1:0.05,5:0.25") + "; the percents grow",
            restart=True,
        ),
    ] = tuple((tier.limit, tier.extra_pct) for tier in USUAL_SLIPPAGE_TIERS)
    spread_tiers: Annotated[
        Table,
        Key(
            "quote asset per hour : % of the price",
            "How much wider the gap is where less than so much is traded in an hour.",
            expected=_TABLE.format("1000:0.5,10000:0.1") + "; the percents fall",
            restart=True,
        ),
    ] = tuple((tier.limit, tier.extra_pct) for tier in USUAL_SPREAD_TIERS)
    largest_share_pct: Annotated[
        Number,
        Field(gt=0, le=100),
        Key(
            "% of a candle's volume",
            "How much one order gets at most; a market order's rest expires.",
            restart=True,
        ),
    ] = 100.0

    @model_validator(mode="after")
    def _costs_fit(self) -> Self:
        _ = self.model
        return self

    @property
    def model(self) -> CostModel:
        """The same costs as the value that fills are priced with."""
        maker, taker = FEE_TIERS_PCT[self.tier]
        return CostModel(
            maker_pct=maker if self.maker_pct is None else self.maker_pct,
            taker_pct=taker if self.taker_pct is None else self.taker_pct,
            spread_pct=self.spread_pct,
            slippage_pct=self.slippage_pct,
            slippage_tiers=_tiers(self.slippage_tiers),
            spread_tiers=_tiers(self.spread_tiers),
            largest_share_pct=self.largest_share_pct,
        )


def _tiers(pairs: tuple[tuple[float, float], ...]) -> tuple[CostTier, ...]:
    return tuple(CostTier(limit, extra_pct) for limit, extra_pct in pairs)
