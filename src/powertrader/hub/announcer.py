"""Announcer: tells trades and errors once, in the status bar and on the desktop."""

from typing import Final

from powertrader.core.event_words import is_worth_telling, words_of
from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.panel import Level, PanelContext
from powertrader.hub.text import text
from powertrader.hub.view import Change, HubView
from powertrader.models.events import Event, OrderRejected, TradingHalted, TrainingFinished, WorkerCrashed

MOST_LINES: Final = 4
"""A notice has no more lines; of more news the newest are told and the others counted."""
_WRONG: Final = (OrderRejected, TradingHalted, TrainingFinished, WorkerCrashed)


class Announcer:
    """Says what a view has news of."""

    def __init__(self, context: PanelContext) -> None:
        """Bind what it works with."""
        self._context = context

    def tell(self, view: HubView, _change: Change) -> None:
        """Tell what has happened since the view before."""
        news = [event for event in view.news if is_worth_telling(event)]
        for event in news[-MOST_LINES:]:
            self._context.say(self._words(event), _level(event))
        if news and view.settings.config.hub.notify:
            self._notify(view.version, news)

    def _notify(self, version: int, news: list[Event]) -> None:
        lines = [self._words(event) for event in news[-MOST_LINES:]]
        if len(news) > MOST_LINES:
            lines.insert(0, text("announcer.more", n=len(news) - MOST_LINES))
        title = text("announcer.wrong" if any(isinstance(one, _WRONG) for one in news) else "announcer.news")
        notify = self._context.ports.notify
        # a key of its own each: no notice replaces another
        self._context.background.ask(
            f"notice {version}", lambda: notify(title, "\n".join(lines)), lambda _: None, self._failed
        )

    def _words(self, event: Event) -> str:
        return self._context.ports.redact(words_of(event))

    def _failed(self, error: PowerTraderError) -> None:
        self._context.say(str(error), "warning")


def _level(event: Event) -> Level:
    return "error" if isinstance(event, _WRONG) else "news"
