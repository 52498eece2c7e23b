"""The settings of the window."""

from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field

from powertrader.core.config_fields import Key, listed
from powertrader.core.config_sections import Number, Section, Whole

ChartTimeframe: TypeAlias = Literal[
    "1min", "5min", "15min", "30min", "1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week"
]
ThemeName: TypeAlias = Literal["classic", "light", "colour_blind"]
ChartTimeframes: TypeAlias = Annotated[
    tuple[ChartTimeframe, ...], BeforeValidator(listed), Field(min_length=1)
]


class HubSection(Section):
    """What the window shows."""

    default_timeframe: Annotated[
        ChartTimeframe, Key("timeframe", "The chart's timeframe at the start.", "default_timeframe")
    ] = "1hour"
    timeframes: Annotated[
        ChartTimeframes,
        Key("timeframes", "The timeframes a chart offers.", "timeframes", "one or more of 1min to 1week"),
    ] = ("1min", "5min", "15min", "30min", "1hour", "2hour", "4hour", "8hour", "12hour", "1day", "1week")
    candles_limit: Annotated[
        Whole, Field(ge=1, le=10_000), Key("candles", "How many candles a chart shows.", "candles_limit")
    ] = 120
    ui_refresh_seconds: Annotated[
        Number, Field(gt=0, le=3600), Key("s", "Pause between two looks at the status.", "ui_refresh_seconds")
    ] = 1.0
    chart_refresh_seconds: Annotated[
        Number,
        Field(gt=0, le=3600),
        Key("s", "Pause between two drawings of a chart.", "chart_refresh_seconds"),
    ] = 10.0
    auto_start_scripts: Annotated[
        bool, Key("switch", "Start thinker and trader with the window.", "auto_start_scripts")
    ] = False
    # no short names: another program may keep a `theme` of its own in gui_settings.json
    theme: Annotated[
        ThemeName,
        Key("choice", "The window's colours; colour_blind avoids telling anything by red and green."),
    ] = "classic"
    font_scale_pct: Annotated[
        Whole,
        Field(ge=80, le=200),
        Key("% of the usual size", "How large the window's text is."),
    ] = 100
    notify: Annotated[
        bool, Key("switch", "Tell trades and errors on the desktop while the window is open.")
    ] = True
