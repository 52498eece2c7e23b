"""What a form says about a setting: title and meaning, and the marks and lines of its present value."""

from collections.abc import Iterator, Mapping
from typing import Final

from powertrader.core.config import TradingConfig
from powertrader.core.config_draft import choices_of, kind_of, text_of
from powertrader.core.config_keys import Setting, settings
from powertrader.core.config_sources import DEFAULT_ORIGIN
from powertrader.hub.settings_hints import hints
from powertrader.hub.settings_model import LIVE, MODE, Draft, is_default, is_locked, origin_of
from powertrader.hub.settings_money import Means
from powertrader.hub.text import text
from powertrader.hub.widgets.setting_field import FieldLook, FieldWords

SETTING_KEY: Final = "setting:"
"""What the key of an explanation begins with, when it is about a setting."""
_ADDRESS: Final = "address"
_OWN_FILE: Final = "gui_settings.json"
"""That a value comes from the window's own file needs no words."""
_LONGEST: Final = 80
"""Characters of a value in a line beside a field."""


def title_of(name: str) -> str:
    """Give a setting's title."""
    return text(f"settings.name.{name}")


def explanation(key: str) -> str:
    """Give the words that explain a widget: those of the key, or all about `setting:NAME`."""
    if not key.startswith(SETTING_KEY):
        return text(key)
    setting = settings()[key.removeprefix(SETTING_KEY)]
    lines = [
        setting.key.sentence,
        text("settings.explained", expected=setting.expected, default=_shown(text_of(setting.default))),
        _name_line(setting),
    ]
    if setting.key.restart:
        lines.append(text("settings.restart"))
    return "\n".join(lines)


def words_of(setting: Setting) -> FieldWords:
    """Give what the field of a setting says all the time."""
    kind, unit = kind_of(setting), setting.key.unit
    return FieldWords(
        title=title_of(setting.name),
        unit=unit if kind == "text" else "",
        sentence=setting.key.sentence,
        name=_name_line(setting),
        reset=text("settings.button.default"),
        browse=text("settings.button.browse"),
        switch=text("settings.switch_on"),
        # live is not chosen here: its own dialog checks everything first
        choices=tuple([one for one in choices_of(setting) if (setting.name, one) != (MODE, LIVE)]),
        wide=kind in {"folder", "file"} or isinstance(setting.default, list) or unit == _ADDRESS,
    )


def look_of(
    draft: Draft, name: str, means: Means, problems: Mapping[str, str], valid: TradingConfig
) -> FieldLook:
    """Give what the field of a setting shows now.

    problems: of the whole draft. valid: the settings that come of the draft, or those in force while it
    cannot be used.
    """
    locked = is_locked(draft.base, name)
    changed, unsaved, wrong = not is_default(draft, name), name in draft.edits, name in problems
    mark = ""
    for holds, key in ((locked, "locked"), (wrong, "wrong"), (unsaved, "unsaved"), (changed, "changed")):
        if holds:
            mark = text(f"settings.mark_{key}")
            break
    notes = tuple(_notes(draft, name, problems.get(name, "")))
    told = () if wrong else hints(name, valid, means)
    money = tuple(("Warning.TLabel" if one.warning else "Accent.TLabel", one.words) for one in told)
    return FieldLook(
        text=draft.text(name),
        mark=mark,
        notes=(*notes, *money),
        enabled=not locked,
        resettable=changed and not locked and name != MODE,
    )


def _notes(draft: Draft, name: str, problem: str) -> Iterator[tuple[str, str]]:
    setting, origin = settings()[name], origin_of(draft.base, name)
    if problem:
        yield "Error.TLabel", text("settings.wrong_field", problem=problem)
    if is_locked(draft.base, name):
        yield "Muted.TLabel", text("settings.locked", origin=origin)
    elif origin != DEFAULT_ORIGIN and not origin.endswith(_OWN_FILE):
        yield "Muted.TLabel", text("settings.from_origin", origin=origin)
    if name in draft.edits:
        yield "Muted.TLabel", text("settings.not_saved", before=_shown(draft.base_text(name)))
    if not is_default(draft, name) and not problem:
        default = _shown(text_of(setting.default))
        yield "Muted.TLabel", text("settings.changed_from_default", default=default)
    if name in draft.edits and setting.key.restart:
        yield "Warning.TLabel", text("settings.restart")
    if name == MODE and draft.base.config.trading.mode != LIVE:
        yield "Muted.TLabel", text("settings.choose_live")


def change_words(before: str, after: str) -> tuple[str, str]:
    """Write both values of a setting that changes; of a long list only what comes and goes."""
    if max(len(before), len(after)) <= _LONGEST:
        return _shown(before), _shown(after)
    old, new = before.split(", "), after.split(", ")
    parts = [
        text(f"settings.save.list_{key}", names=", ".join(names))
        for key, names in (
            ("added", [one for one in new if one not in set(old)]),
            ("removed", [one for one in old if one not in set(new)]),
        )
        if names
    ]
    now = text("settings.save.list_now", count=len(old))
    return now, _shown("; ".join(parts) or text("settings.save.list_order"))


def _shown(value: str) -> str:
    if len(value) > _LONGEST:
        return f"{value[:_LONGEST]} ..."
    return value or text("settings.nothing_set")


def _name_line(setting: Setting) -> str:
    if not setting.short_name:
        return setting.name
    return text("settings.short_name", name=setting.name, short=setting.short_name)
