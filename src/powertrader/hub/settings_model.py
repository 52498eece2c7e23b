"""The settings while somebody edits them: what was typed, what it means, and what would change."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from powertrader.core.config import TradingConfig, config_hash
from powertrader.core.config_draft import Reading, Value, config_with, read_setting, text_of, values_of
from powertrader.core.config_keys import Setting, settings
from powertrader.core.config_layers import COMMAND_LINE, ENVIRONMENT_PREFIX
from powertrader.core.config_sources import DEFAULT_ORIGIN, SettingsError
from powertrader.hub.view import SettingsView

MODE: Final = "trading.mode"
LIVE: Final = "live"


@dataclass(frozen=True, slots=True)
class Changed:
    """A setting that a draft changes: its value now and then, as a person writes them."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Draft:
    """The settings in force and, by canonical name, the texts that somebody typed over them."""

    base: SettingsView
    edits: Mapping[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Give what stands in a field."""
        return self.edits[name] if name in self.edits else self.base_text(name)

    def base_text(self, name: str) -> str:
        """Give the value in force as text."""
        return text_of(values_of(self.base.config)[name])

    def reading(self, name: str) -> Reading:
        """Give what the text of a field means, or what is wrong with it."""
        if name not in self.edits:
            return Reading(values_of(self.base.config)[name])
        return read_setting(name, self.edits[name])

    def edited(self, name: str, text: str) -> "Draft":
        """Give the draft with another text in a field."""
        edits = {key: value for key, value in self.edits.items() if key != name}
        if text != self.base_text(name):
            edits[name] = text
        return replace(self, edits=edits)

    def with_defaults(self, names: Iterable[str]) -> "Draft":
        """Give the draft with the defaults in these fields, but for those that cannot be changed here."""
        draft = self
        for name in names:
            if not is_locked(self.base, name) and name != MODE:
                draft = draft.edited(name, text_of(settings()[name].default))
        return draft

    def reverted(self, names: Iterable[str]) -> "Draft":
        """Give the draft with the values in force in these fields."""
        gone = set(names)
        return replace(self, edits={key: text for key, text in self.edits.items() if key not in gone})

    @property
    def changes(self) -> dict[str, Value]:
        """The new value of each setting that would change."""
        before = values_of(self.base.config)
        found = {name: self.reading(name) for name in self.edits}
        return {
            name: one.value for name, one in found.items() if not one.problem and one.value != before[name]
        }

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by setting; under "" what does not fit between settings."""
        found = {name: self.reading(name).problem for name in self.edits}
        wrong = {name: problem for name, problem in found.items() if problem}
        if wrong:
            return wrong
        try:
            self._merged()
        except SettingsError as error:
            return {"": str(error)}
        return {}

    @property
    def config(self) -> TradingConfig | None:
        """The settings that come of it, None while something is wrong."""
        if any(self.reading(name).problem for name in self.edits):
            return None
        try:
            return self._merged()
        except SettingsError:
            return None

    @property
    def config_hash(self) -> str:
        """The hash of the settings that come of it, empty while something is wrong."""
        config = self.config
        return "" if config is None else config_hash(config)

    @property
    def differences(self) -> tuple[Changed, ...]:
        """What would change, in the order of the tree."""
        changes = self.changes
        return tuple(
            [
                Changed(name, self.base_text(name), text_of(changes[name]))
                for name in settings()
                if name in changes
            ]
        )

    def _merged(self) -> TradingConfig:
        return config_with(self.base.config, self.changes) if self.edits else self.base.config


def rebased(draft: Draft, base: SettingsView) -> tuple[Draft, tuple[str, ...]]:
    """Give the draft over settings that changed meanwhile, and the fields that both have changed."""
    before, after = values_of(draft.base.config), values_of(base.config)
    moved = Draft(base)
    for name, text in draft.edits.items():
        moved = moved.edited(name, text)
    return moved, tuple([name for name in moved.edits if before[name] != after[name]])


def origin_of(base: SettingsView, name: str) -> str:
    """Say where the value in force comes from."""
    return base.provenance.get(name, DEFAULT_ORIGIN)


def is_locked(base: SettingsView, name: str) -> bool:
    """Tell whether a stronger source than the window's file gives this setting."""
    origin = origin_of(base, name)
    return origin == COMMAND_LINE or ENVIRONMENT_PREFIX in origin


def is_default(draft: Draft, name: str) -> bool:
    """Tell whether a field has its default."""
    reading = draft.reading(name)
    return not reading.problem and reading.value == settings()[name].default


def groups() -> dict[str, tuple[Setting, ...]]:
    """Give the settings of each section, in the order of the tree."""
    found: dict[str, list[Setting]] = {}
    for name, setting in settings().items():
        found.setdefault(name.partition(".")[0], []).append(setting)
    return {section: tuple(members) for section, members in found.items()}


def matches(setting: Setting, title: str, query: str) -> bool:
    """Tell whether a setting is about each word of a query: names, title, unit or sentence hold it."""
    key = setting.key
    hay = f"{setting.name} {setting.short_name} {title} {key.unit} {key.sentence}".lower()
    spaced = f"{hay} {hay.replace('_', ' ')}"
    return all(word in spaced for word in query.lower().split())


def need_restart(names: Iterable[str]) -> tuple[str, ...]:
    """Name the settings of these that a running worker does not take; until its restart it takes none."""
    return tuple([name for name in names if settings()[name].key.restart])


class History:
    """A draft with the steps that led to it, to be undone and done again."""

    def __init__(self, base: SettingsView) -> None:
        """Begin without edits."""
        self.draft = Draft(base)
        self._undone: list[Draft] = []
        self._done: list[Draft] = []
        self._typing = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to do again."""
        return bool(self._undone)

    def type(self, name: str, text: str) -> None:
        """Put a text into a field; what is typed into one field at a stretch is one step."""
        after = self.draft.edited(name, text)
        if after.edits == self.draft.edits:
            return
        if self._typing == name and self._done:
            self.draft = after
            self._undone.clear()
        else:
            self.step(after)
        self._typing = name

    def pause(self) -> None:
        """End the stretch of typing."""
        self._typing = ""

    def step(self, after: Draft) -> None:
        """Go on with another draft."""
        if after.edits == self.draft.edits:
            return
        self._done.append(self.draft)
        self._undone.clear()
        self.draft = after
        self._typing = ""

    def undo(self) -> None:
        """Go back a step, if there is one."""
        if self._done:
            self._undone.append(self.draft)
            self.draft = self._moved(self._done.pop())

    def redo(self) -> None:
        """Do the step again that was undone last, if there is one."""
        if self._undone:
            self._done.append(self.draft)
            self.draft = self._moved(self._undone.pop())

    def rebase(self, base: SettingsView) -> tuple[str, ...]:
        """Go on over settings that changed meanwhile; give the fields that both have changed."""
        self.draft, both = rebased(self.draft, base)
        return both

    def begin(self, base: SettingsView) -> None:
        """Begin anew, without edits and steps."""
        self.draft = Draft(base)
        self._done.clear()
        self._undone.clear()
        self._typing = ""

    def _moved(self, before: Draft) -> Draft:
        self._typing = ""
        return before if before.base is self.draft.base else rebased(before, self.draft.base)[0]
