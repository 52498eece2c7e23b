"""HubWindow: the frame around all screens, and the clockwork that brings views to them."""

import logging
import tkinter as tk
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from types import TracebackType
from typing import Final

from powertrader.hub.announcer import Announcer
from powertrader.hub.background import Background
from powertrader.hub.commands.access import AccessCommands
from powertrader.hub.commands.keys import bind_keys
from powertrader.hub.commands.portfolio import Portfolio
from powertrader.hub.commands.registry import Commands
from powertrader.hub.commands.settings import register_settings
from powertrader.hub.commands.ui import WindowActions, register_ui
from powertrader.hub.dialogs.guide import Guide, wants_guide
from powertrader.hub.dialogs.unsaved import Editing, ask_unsaved
from powertrader.hub.guard import Failure
from powertrader.hub.latency import LatencyProbe
from powertrader.hub.menu_bar import MenuBar
from powertrader.hub.palettes import PALETTES
from powertrader.hub.panel import Level, Panel, PanelContext
from powertrader.hub.panels.banner import Banner
from powertrader.hub.panels.status_bar import StatusBar
from powertrader.hub.ports import HubPorts
from powertrader.hub.preferences import Preferences
from powertrader.hub.scheduler import Scheduler, Urgency
from powertrader.hub.screens import SCREEN_OF, SCREENS, Searching, Selecting, make_screen, parts_of
from powertrader.hub.settings_words import explanation
from powertrader.hub.state import HubState
from powertrader.hub.text import text
from powertrader.hub.theme import Theme
from powertrader.hub.view import Change, HubView, Part
from powertrader.hub.vitals import WindowVitals
from powertrader.hub.widgets.dialog import Dialog
from powertrader.hub.widgets.focus import focused
from powertrader.hub.widgets.tooltip import Explanations
from powertrader.hub.window_root import hear_script_errors
from powertrader.hub.window_state import keep_window_state, place_window

ASKS: Final = "trading.close"
"""Asks what becomes of the workers before the window closes, where there are any."""
PUMP_MS: Final = 30
"""How often answers and views are taken from other threads."""
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Screen:
    """One tab: its frame, and its panel once it was shown."""

    frame: ttk.Frame
    panel: Panel | None = None


class HubWindow:
    """The window. Everything here is for the Tk thread; what is new comes from the state."""

    def __init__(self, root: tk.Tk, ports: HubPorts, state: HubState, preferences: Preferences) -> None:
        """Make the frame and the first screen."""
        self.root = root
        self._state = state
        self._screens: dict[str, _Screen] = {}
        self._pumping = ""
        self._probe = LatencyProbe(root)
        self.scheduler = Scheduler(root, self._part_failed)
        self.background = Background()
        self.commands = Commands()
        self.theme = Theme(root)
        self._explanations = Explanations(root, explanation, self._tip_colours)
        self.context = PanelContext(
            self.theme,
            self.commands,
            self.background,
            ports,
            preferences,
            self.show,
            self.say,
            self._explanations.explain,
            self._vitals,
        )
        self._announcer = Announcer(self.context)
        self._guide: Guide | None = None
        self._question: Dialog | None = None
        root.report_callback_exception = self._callback_failed
        hear_script_errors(root, self._script_failed)
        self._register()
        self._build()
        self._observe()

    def start(self) -> None:
        """Take views from now on."""
        bind_keys(self.root, self.commands)
        self.root.protocol("WM_DELETE_WINDOW", lambda: self.commands.run("ui.exit"))
        self._probe.start()
        self._pump()

    @property
    def view(self) -> HubView | None:
        """The newest view, None before the first."""
        return self._state.view

    @property
    def screen(self) -> str:
        """The name of the screen that is shown."""
        chosen = str(self.root.tk.call(str(self._tabs), "select"))
        return next(name for name, one in self._screens.items() if str(one.frame) == chosen)

    def panel(self, screen: str) -> Panel:
        """Give the panel of a screen, made now if it has not been shown yet."""
        made = self._screens[screen]
        if made.panel is None:
            made.panel = make_screen(screen, self.context)
            made.panel.build(made.frame).pack(fill="both", expand=True)
            for name, part, urgency in parts_of(screen, made.panel):
                self.scheduler.add(name, part, urgency, partial(self._is_shown, screen))
        return made.panel

    def show(self, screen: str, **argument: object) -> None:
        """Go to a screen, and let it show what the argument says."""
        tab = dict(SCREEN_OF).get(screen, screen)
        self.root.tk.call(str(self._tabs), "select", str(self._screens[tab].frame))
        panel = self.panel(tab)
        if tab != screen:
            argument = {"page": screen, **argument}
        if argument and isinstance(panel, Selecting):
            panel.select(**argument)

    def say(self, words: str, level: Level = "news") -> None:
        """Say something in the status bar."""
        self._status.say(words, level)

    def close(self) -> None:
        """Close the window now."""
        self.scheduler.stop()
        keep_window_state(self.root, self.context.preferences)
        self.background.close()
        self._probe.stop()
        if self._pumping:
            self.root.after_cancel(self._pumping)
        self.root.destroy()

    def _leave(self) -> None:
        """Close the window once it is known what becomes of edits and of the workers."""
        if self._question is not None and self._question.is_open:
            self._question.raise_()
            return
        panels = [one.panel for one in self._screens.values()]
        editing = [one for one in (*panels, *self._settings) if isinstance(one, Editing)]
        self._question = ask_unsaved(self.root, editing, self._leave_workers)

    def _leave_workers(self) -> None:
        if ASKS in self.commands.names:
            self.commands.run(ASKS, then=self.close)
        else:
            self.close()

    def _vitals(self) -> WindowVitals:
        return WindowVitals(
            self._probe.read(), (*self.scheduler.failures, *self._state.failures), self.background.waiting
        )

    def _register(self) -> None:
        find = self._find
        actions = WindowActions(self.show, self._explain_focus, find, self._open_guide, self._leave)
        register_ui(self.commands, actions)
        self._settings = register_settings(self.context, self.root, lambda: self.view)
        Portfolio(self.root, self.context, lambda: self.view).register()
        AccessCommands(self.root, self.context, lambda: self.view).register()

    def _build(self) -> None:
        place_window(self.root, self.context.preferences)
        self.root.title(text("window.title"))
        MenuBar(self.root, self.commands, self.theme)
        self._status = StatusBar(self.context, self._probe.read)
        self._status.build(self.root).pack(side="bottom", fill="x")
        banner = Banner(self.context)
        banner.build(self.root).pack(side="top", fill="x")
        self._tabs = ttk.Notebook(self.root)
        for name in SCREENS:
            frame = ttk.Frame(self._tabs)
            self._screens[name] = _Screen(frame)
            self._tabs.add(frame, text=text(f"window.screens.{name}"))
        self._tabs.pack(fill="both", expand=True)
        self.scheduler.add("banner", banner, Urgency.FRAME, lambda: True)
        self.scheduler.add("status_bar", self._status, Urgency.FRAME, lambda: True)
        self.panel(SCREENS[0])
        self._tabs.bind("<<NotebookTabChanged>>", lambda _: self._tab_changed())

    def _tab_changed(self) -> None:
        self._explanations.hide()
        hidden = [one.frame for name, one in self._screens.items() if name != self.screen]
        if any(str(focused(self.root)).startswith(f"{frame}.") for frame in hidden):
            # what is hidden would go on taking keys, such as Space
            self._tabs.focus_set()
        self.panel(self.screen)
        self.scheduler.shown()

    def _is_shown(self, screen: str) -> bool:
        return self.screen == screen and self.root.state() != "iconic"

    def _pump(self) -> None:
        self._pumping = self.root.after(PUMP_MS, self._pump)
        self.background.deliver()
        self._status.warn_of_silence(self._state.silence_s)
        for failure in self._state.notify():
            self._part_failed(failure)

    def _observe(self) -> None:
        """Let what is new reach the parts of the window."""
        subscribe = self._state.subscribe
        subscribe("settings", {Part.SETTINGS}, self._apply_settings)
        subscribe("screens", Part, self.scheduler.publish)
        subscribe("notices", {Part.NEWS}, self._announcer.tell)
        self._seen = subscribe("guide", Part, self._first_seen)

    def _first_seen(self, view: HubView, _change: Change) -> None:
        self._seen()
        if wants_guide(self.context, view):
            self._open_guide()

    def _apply_settings(self, view: HubView, _change: Change) -> None:
        hub = view.settings.config.hub
        palette = PALETTES[hub.theme]
        if palette is not self.theme.palette or hub.font_scale_pct != self.theme.scale_pct:
            self.theme.apply(palette, hub.font_scale_pct)

    def _tip_colours(self) -> tuple[str, str, str]:
        palette = self.theme.palette
        return palette.panel2, palette.fg, palette.accent2

    def _explain_focus(self) -> None:
        if not self._explanations.show_for(focused(self.root)):
            self.say(text("window.nothing_to_explain"))

    def _find(self) -> None:
        panel = self.panel(self.screen)
        if isinstance(panel, Searching):
            panel.find()

    def _open_guide(self) -> None:
        if self._guide is None:
            self._guide = Guide(self.root, self.context)
        self._guide.open()

    def _part_failed(self, failure: Failure) -> None:
        if failure.errors:
            self.say(text("window.part_failed", part=failure.name, error=failure.error), "error")

    def _callback_failed(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Log what a click or key raised: the window stays, and the user is told."""
        log.error("the window did something wrong", exc_info=(kind, error, trace))
        self.say(text("window.went_wrong", error=f"{kind.__name__}: {error}"), "error")

    def _script_failed(self, words: str) -> None:
        log.error("a script of Tk failed", extra={"script": words})
        self.say(text("window.went_wrong", error=words), "error")
