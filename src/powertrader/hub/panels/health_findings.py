"""What needs a look, each with what to do about it and a button where the window can do that itself."""

import tkinter as tk
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import Final

from powertrader.core.findings import Finding, Kind
from powertrader.hub.diagnosis import problem_words
from powertrader.hub.panel import PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import HubView
from powertrader.hub.widgets.wrapped_label import WrappedLabel
from powertrader.models.snapshot import ProcessState

_MOST: Final = 12
"""So many are shown; the rest is counted."""
_SCREENS: Final[Mapping[Kind, str]] = {Kind.LEFT_ALONE: "why", Kind.TRAINING: "training"}
_STARTS: Final[Mapping[str, str]] = {"thinker": "trading.start_thinker", "trader": "trading.start_trader"}
_BY_BUTTON: Final = frozenset({Kind.PROCESS, Kind.TRAINING, Kind.NOT_BOUGHT, Kind.LEFT_ALONE})
"""What is mended in the window as well as by a command."""
_COMMAND: Final = "`powertrader "
_RESTARTS: Final[Mapping[str, str]] = {"trader": "trading.restart_trader"}


@dataclass(frozen=True, slots=True)
class Need:
    """One line: what is wrong, what to do, and the button for it; act is None where there is none."""

    words: str
    advice: str
    button: str = ""
    act: Callable[[], None] | None = None


class FindingList(ttk.Frame):
    """The needs, one under the other; their widgets are made once and used again."""

    def __init__(self, parent: tk.Misc, context: PanelContext) -> None:
        """Show none yet."""
        super().__init__(parent, padding=(8, 4))
        self._context = context
        self._shown: tuple[tuple[str, str, str], ...] | None = None
        self._lines: list[tuple[WrappedLabel, WrappedLabel, ttk.Button]] = []
        self.columnconfigure(0, weight=1)
        self.well = ttk.Label(self, text=text("health.all_well"), style="Accent.TLabel")
        self.more = ttk.Label(self, style="Muted.TLabel")

    def show(self, view: HubView) -> None:
        """Show what needs a look in a view."""
        needs = list(needs_of(view, self._context))
        for line, need in zip(self._lines, needs, strict=False):
            line[2].configure(command=need.act or _nothing)
        seen = tuple([(need.words, need.advice, need.button) for need in needs])
        if seen == self._shown:
            return
        self._shown = seen
        for place, need in enumerate(needs[:_MOST]):
            if place == len(self._lines):
                self._lines.append(self._made())
            self._fill(place, need)
        for words, advice, button in self._lines[len(needs) :]:
            for widget in (words, advice, button):
                widget.grid_remove()
        self._tell_rest(len(needs))

    def _made(self) -> tuple[WrappedLabel, WrappedLabel, ttk.Button]:
        made = (
            WrappedLabel(self, style="Warning.TLabel"),
            WrappedLabel(self, style="Muted.TLabel"),
            ttk.Button(self, style="Small.TButton"),
        )
        self._context.explain(made[2], "health.help.act")
        return made

    def _fill(self, place: int, need: Need) -> None:
        words, advice, button = self._lines[place]
        words.say(f"! {need.words}")
        advice.say(need.advice)
        words.grid(row=place * 2, column=0, sticky="ew", pady=(4, 0))
        advice.grid(row=place * 2 + 1, column=0, sticky="ew", padx=(14, 0))
        button.configure(text=need.button, command=need.act or _nothing)
        if need.act is not None:
            button.grid(row=place * 2, column=1, rowspan=2, padx=(12, 0), pady=(4, 0))
        else:
            button.grid_remove()

    def _tell_rest(self, number: int) -> None:
        for label, wanted in ((self.well, number == 0), (self.more, number > _MOST)):
            if wanted:
                label.grid(row=_MOST * 2, column=0, sticky="w", pady=4)
            else:
                label.grid_remove()
        self.more.configure(text=text("health.more", n=number - _MOST))


def needs_of(view: HubView, context: PanelContext) -> Iterator[Need]:
    """Give what needs a look, the most urgent first."""
    for finding in view.findings:
        button, act = _deed(finding, view, context)
        advice = _advice(finding, view)
        yield Need(f"{finding.subject}: {problem_words(finding)}", advice, button, act)
    for problem in view.problems:
        yield Need(problem, text("health.read_again"), *_logs(context))
    for problem in view.settings.problems:
        yield Need(
            problem, text("health.settings_kept"), text("health.to_settings"), _to(context, "settings")
        )


def _advice(finding: Finding, view: HubView) -> str:
    """Give what to do in this window, where the finding names a command for the same."""
    can_start = finding.kind is not Kind.PROCESS or (
        finding.subject in _STARTS and view.snapshot.process(finding.subject).state is ProcessState.STOPPED
    )
    by_button = finding.kind in _BY_BUTTON and can_start and _COMMAND in finding.advice
    return text(f"health.by_button_{finding.kind.value}") if by_button else finding.advice


def _deed(finding: Finding, view: HubView, context: PanelContext) -> tuple[str, Callable[[], None] | None]:
    """Give what the window can do about a finding: the words of the button, and what it does."""
    commands, ports = context.commands, context.ports
    if finding.kind is Kind.PROCESS:
        return _start(finding.subject, view, context) or _logs(context)
    if finding.kind is Kind.NOT_BOUGHT and "trading.resume" in commands.names:
        return text("health.resume"), partial(_resume, context, finding.coins)
    if finding.kind is Kind.DISK:
        return text("health.open_data"), partial(ports.open_place, str(ports.paths.data))
    screen = _SCREENS.get(finding.kind)
    if screen is None:
        return _logs(context)
    argument = {"coin": finding.coins[0]} if screen == "why" else {}
    return text(f"health.to_{screen}"), _to(context, screen, **argument)


def _start(process: str, view: HubView, context: PanelContext) -> tuple[str, Callable[[], None]] | None:
    """Give how a process is started that has ended, or started anew that is silent; None for others."""
    run, names = context.commands.run, context.commands.names
    found = view.snapshot.process(process)
    if found.pid is None and _STARTS.get(process) in names:
        return text("health.start"), partial(run, _STARTS[process])
    if found.state is ProcessState.STALE and _RESTARTS.get(process) in names:
        return text("health.restart"), partial(run, _RESTARTS[process])
    return None


def _resume(context: PanelContext, coins: Sequence[str]) -> None:
    for coin in coins:
        if coin:
            context.commands.run("trading.resume", coin=coin)
        else:
            context.commands.run("trading.resume")


def _logs(context: PanelContext) -> tuple[str, Callable[[], None]]:
    return text("health.open_logs"), partial(context.ports.open_place, str(context.ports.paths.logs))


def _to(context: PanelContext, screen: str, **argument: object) -> Callable[[], None]:
    return partial(context.show, screen, **argument)


def _nothing() -> None:
    """A button that is not shown does nothing."""
