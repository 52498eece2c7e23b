"""The original's gui_settings.json as we keep it: each key told, and what the original had in force."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from powertrader.core.config_keys import resolve, settings
from powertrader.core.config_sources import problems_of
from powertrader.core.original_folder import BYTE_ORDER_MARK, SCRIPT_KEYS, OriginalFolder, settings_text
from powertrader.core.original_settings import OriginalSettings, read_settings
from powertrader.core.storage import FileStore
from powertrader.migration.item import Item

PLACES: Final = ("main_neural_dir", "hub_data_dir", *SCRIPT_KEYS)
"""Keys that say where the original's own files lie."""
RULES: Final = (
    "coins",
    "trade_start_level",
    "start_allocation_pct",
    "dca_multiplier",
    "dca_levels",
    "max_dca_buys_per_24h",
    "pm_start_pct_no_dca",
    "pm_start_pct_with_dca",
    "trailing_gap_pct",
)
"""Keys that the original's trader reads."""
WINDOW: Final = (
    "default_timeframe",
    "timeframes",
    "candles_limit",
    "ui_refresh_seconds",
    "chart_refresh_seconds",
    "auto_start_scripts",
)
"""Keys that the original's window reads."""


class Verdict(StrEnum):
    """What became of a key."""

    TAKEN = "taken"
    CHANGED = "taken, written otherwise"
    LEFT_OUT = "left out"
    UNKNOWN = "kept, no setting of ours"
    UNUSABLE = "out of bounds"


@dataclass(frozen=True, slots=True)
class SettingTold:
    """One key of the original's settings; text says in plain words why it is not simply taken."""

    key: str
    verdict: Verdict
    text: str


@dataclass(frozen=True, slots=True)
class SettingsFound:
    """The settings of a folder, key by key; item is None when there is no file or it cannot be read."""

    told: tuple[SettingTold, ...] = ()
    coins: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    item: Item | None = None


def read_original_settings(original: OriginalFolder, target: Path) -> SettingsFound:
    """Read the settings of a folder, for the file target of the home."""
    store = FileStore()
    raw = store.read_bytes(original.settings)
    if raw is None:
        return SettingsFound(problems=("gui_settings.json is missing: the defaults are in force here",))
    text = settings_text(raw)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        return SettingsFound(problems=(f"gui_settings.json is damaged ({error}): the defaults are in force",))
    if not isinstance(found, dict):
        return SettingsFound(problems=("gui_settings.json holds no object: the defaults are in force",))
    content, told = _converted(found)
    problems = [f"{each.key}: {each.text}" for each in told if each.verdict is Verdict.UNUSABLE]
    if _has_mark(raw):
        told = (*told, SettingTold("(file)", Verdict.CHANGED, "the mark before its first letter was dropped"))
    item = Item(
        "settings",
        target,
        json.dumps(content, indent=2, ensure_ascii=False).encode(),
        store.read_bytes(target),
    )
    return SettingsFound(told, tuple(_coins(content)), tuple(problems), item)


def _has_mark(raw: bytes) -> bool:
    """Tell whether an editor put a mark before the text, with which the original cannot read the file."""
    return raw.startswith(BYTE_ORDER_MARK.encode())


def _converted(found: Mapping[str, object]) -> tuple[dict[str, object], tuple[SettingTold, ...]]:
    content: dict[str, object] = {}
    told = []
    for key, value in found.items():
        kept, one = _key(key, value)
        told.append(one)
        content.update(kept)
    return content, tuple(told)


def _key(key: str, value: object) -> tuple[dict[str, object], SettingTold]:
    if key in PLACES:
        why = "it says where the original's files lie; here they lie in the home"
        return {}, SettingTold(key, Verdict.LEFT_OUT, why)
    if key in RULES:
        return _rule(key, value)
    if key in WINDOW:
        return _window(key, value)
    if resolve(key) is not None:
        why = "no key of the original; set it here yourself if you want it"
        return {}, SettingTold(key, Verdict.LEFT_OUT, why)
    return {key: value}, SettingTold(key, Verdict.UNKNOWN, "it changes nothing here")


def _rule(key: str, value: object) -> tuple[dict[str, object], SettingTold]:
    """Take what the original had in force, which is not always what its file says."""
    try:
        rules = read_settings(json.dumps({key: value}), OriginalSettings.defaults("safe")).in_force
    except ValueError as error:
        return {}, SettingTold(key, Verdict.UNUSABLE, f"{error}; {_default_of(key)}")
    if key == "coins":
        kept, dropped = _usable_coins(rules.coins)
        if dropped:
            why = f"{', '.join(dropped)} can be no coin here or comes twice; the others are taken"
            return ({key: kept} if kept else {}), SettingTold(key, Verdict.UNUSABLE, why)
    in_force = getattr(rules, key)
    plain: object = list(in_force) if isinstance(in_force, tuple) else in_force
    if _is_refused(key, plain):
        return {}, SettingTold(key, Verdict.UNUSABLE, _bounds(key, plain))
    if _same(plain, value):
        return {key: plain}, SettingTold(key, Verdict.TAKEN, _shown(plain))
    why = f"the file says {_shown(value)}, with which the original uses {_shown(plain)}: that is taken"
    return {key: plain}, SettingTold(key, Verdict.CHANGED, why)


def _window(key: str, value: object) -> tuple[dict[str, object], SettingTold]:
    if value is None:
        return {}, SettingTold(key, Verdict.LEFT_OUT, "it is not set")
    if _is_refused(key, value):
        return {}, SettingTold(key, Verdict.UNUSABLE, _bounds(key, value))
    return {key: value}, SettingTold(key, Verdict.TAKEN, _shown(value))


def _usable_coins(coins: tuple[str, ...]) -> tuple[list[str], list[str]]:
    kept: list[str] = []
    dropped = []
    for coin in coins:
        if coin in kept or _is_refused("coins", [coin]):
            dropped.append(coin[:40])
        else:
            kept.append(coin)
    return kept, dropped


def _coins(content: Mapping[str, object]) -> Iterator[str]:
    named = content.get("coins", settings()["trading.coins"].default)
    yield from (str(coin) for coin in named) if isinstance(named, list) else ()


def _is_refused(key: str, value: object) -> bool:
    return bool(problems_of(json.loads(json.dumps({key: value}))))


def _bounds(key: str, value: object) -> str:
    return f"was {_shown(value)}, must be {settings()[str(resolve(key))].expected}; {_default_of(key)}"


def _default_of(key: str) -> str:
    return f"the default {_shown(settings()[str(resolve(key))].default)} is in force"


def _same(ours: object, given: object) -> bool:
    """Tell whether two spellings mean the same: 3 and 3.0, but not true and 1."""
    return ours == given and not isinstance(given, bool)


def _shown(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)[:80]
