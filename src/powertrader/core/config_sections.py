"""The groups of settings: each key with its type, bounds, unit, default and one sentence."""

from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from powertrader.core.config_fields import Key, coin_symbols, listed, no_bool, plain_zero, symbol
from powertrader.core.constants import QUOTE_ASSET
from powertrader.models.rules import DEFAULT_DCA_LEVELS
from powertrader.models.types import Compat, Environment, TrainingMode

Weekday: TypeAlias = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Number: TypeAlias = Annotated[float, BeforeValidator(no_bool), AfterValidator(plain_zero)]
Whole: TypeAlias = Annotated[int, BeforeValidator(no_bool)]
Coins: TypeAlias = Annotated[
    tuple[str, ...],
    BeforeValidator(listed),
    Field(min_length=1, max_length=5000),
    AfterValidator(coin_symbols),
]
FallPct: TypeAlias = Annotated[Number, Field(gt=-100, le=0)]
DcaLevels: TypeAlias = Annotated[
    tuple[FallPct, ...], BeforeValidator(listed), Field(min_length=1, max_length=50)
]


class Section(BaseModel):
    """A group of settings: frozen, without unknown keys, NaN or infinity."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class TradingSection(Section):
    """What is traded, where, and by which of the two switches."""

    mode: Annotated[
        Environment,
        Key(
            "choice",
            "Where orders go; live spends real money and also needs --confirm-live.",
            "trading_mode",
            restart=True,
        ),
    ] = "paper"
    compat: Annotated[
        Compat,
        Key(
            "choice",
            "original repeats every quirk of the recorded scripts; safe avoids their accidents.",
            "compat",
            restart=True,
        ),
    ] = "safe"
    training: Annotated[
        TrainingMode, Key("choice", "Which candles and which weight rule the trainer uses.", "training")
    ] = "original"
    quote_asset: Annotated[
        str,
        AfterValidator(symbol),
        Key(
            "symbol",
            "The asset that coins are bought with.",
            "quote_asset",
            "letters and digits",
            restart=True,
        ),
    ] = QUOTE_ASSET
    coins: Annotated[
        Coins,
        Key(
            "symbols",
            "The coins that are trained and traded, in this order.",
            "coins",
            "different coins, such as BTC, ETH",
        ),
    ] = ("BTC", "ETH", "XRP", "BNB", "DOGE")


class EntrySection(Section):
    """When a coin is bought first, and for how much."""

    trade_start_level: Annotated[
        Whole,
        Field(ge=1, le=7),
        Key(
            "timeframes",
            "A coin is bought when this many timeframes say long and none says short.",
            "trade_start_level",
        ),
    ] = 3
    start_allocation_pct: Annotated[
        Number,
        Field(ge=0, le=100),
        Key(
            "% of the account",
            "Size of the first buy; 0.005 % of 10,000 is 0.50, which is also the least.",
            "start_allocation_pct",
        ),
    ] = 0.005


class DcaSection(Section):
    """When more of a falling coin is bought, and how much."""

    levels: Annotated[
        DcaLevels,
        Key(
            "% from the basis",
            "The loss at which each further buy is made, first to last; the last repeats.",
            "dca_levels",
            "one or more falls above -100 and at most 0, such as -2.5, -5",
        ),
    ] = DEFAULT_DCA_LEVELS
    multiplier: Annotated[
        Number,
        Field(ge=0, le=100),
        Key(
            "times the position",
            "A further buy is this many times the value of the position.",
            "dca_multiplier",
        ),
    ] = 2.0
    max_buys_per_24h: Annotated[
        Whole,
        Field(ge=0, le=1000),
        Key("buys", "Most further buys of one coin in any 24 hours.", "max_dca_buys_per_24h"),
    ] = 2


class TrailingSection(Section):
    """When a coin is sold."""

    start_pct_no_dca: Annotated[
        Number,
        Field(ge=0, le=1000),
        Key(
            "% above the basis",
            "Where the trailing line starts without a further buy.",
            "pm_start_pct_no_dca",
        ),
    ] = 5.0
    start_pct_with_dca: Annotated[
        Number,
        Field(ge=0, le=1000),
        Key(
            "% above the basis",
            "Where the trailing line starts after a further buy.",
            "pm_start_pct_with_dca",
        ),
    ] = 2.5
    gap_pct: Annotated[
        Number,
        Field(ge=0, lt=100),
        Key(
            "% below the peak", "How far the trailing line stays below the highest price.", "trailing_gap_pct"
        ),
    ] = 0.5


class TraderSection(Section):
    """How the trader's loop runs."""

    step_s: Annotated[Number, Field(gt=0, le=3600), Key("s", "Pause between two looks at the market.")] = 1.0
    signal_max_age_s: Annotated[
        Number, Field(gt=0, le=86400), Key("s", "An older signal opens no position.", "signal_max_age_s")
    ] = 120.0
    unseen_looks: Annotated[
        Whole,
        Field(ge=1, le=100),
        Key(
            "looks",
            "How often the venue must deny an order without an answer before it counts as never placed.",
            restart=True,
        ),
    ] = 3
    unseen_s: Annotated[
        Number,
        Field(ge=0, le=3600),
        Key("s", "How long these looks take at least; until then the coin rests.", restart=True),
    ] = 10.0
    cooldown_s: Annotated[
        Number,
        Field(ge=0, le=86400),
        Key(
            "s",
            "Pause of a purchase or sale after a lack of funds; the longest pause after other refusals.",
            restart=True,
        ),
    ] = 300.0


class ReplaySection(Section):
    """What a walk over past candles starts with."""

    retrain_days: Annotated[Whole, Field(ge=1, le=365), Key("days", "How often the walk trains again.")] = 7
    start_quote: Annotated[
        Number, Field(gt=0, le=1e12), Key("quote asset", "What the paper account holds at the start.")
    ] = 10_000.0
    start_allocation_pct: Annotated[
        Number,
        Field(ge=0, le=100),
        Key("% of the account", "Stands in for entry.start_allocation_pct while that has its default."),
    ] = 0.5
    seed: Annotated[Whole, Field(ge=0, lt=2**32), Key("number", "Which synthetic market is made.")] = 7


class CandlesSection(Section):
    """How candle files are read."""

    week_start: Annotated[Weekday, Key("day", "The UTC day on which weekly candles open.")] = "monday"
    repair: Annotated[
        bool, Key("switch", "Repair damaged candle files, with a report, instead of refusing them.")
    ] = False


class PathsSection(Section):
    """Where files lie; empty means inside the home."""

    main_neural_dir: Annotated[
        str,
        Key(
            "folder",
            "Memories and signals; empty for the home's data folder.",
            "main_neural_dir",
            restart=True,
        ),
    ] = ""
    hub_data_dir: Annotated[
        str,
        Key(
            "folder",
            "The original's status files; ours are in hub_data in the data folder.",
            "hub_data_dir",
            restart=True,
        ),
    ] = ""
    script_neural_runner2: Annotated[
        str, Key("file", "The original's thinker; kept for the original only.", "script_neural_runner2")
    ] = "pt_thinker.py"
    script_neural_trainer: Annotated[
        str, Key("file", "The original's trainer; kept for the original only.", "script_neural_trainer")
    ] = "pt_trainer.py"
    script_trader: Annotated[
        str, Key("file", "The original's trader; kept for the original only.", "script_trader")
    ] = "pt_trader.py"
