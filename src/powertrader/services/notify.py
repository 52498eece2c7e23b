"""Notifications: what a person away from the screen wants to be told."""

import logging
from typing import Protocol

from powertrader.core.event_words import is_worth_telling, words_of
from powertrader.models.events import Event

log = logging.getLogger(__name__)


class Channel(Protocol):
    """A way to reach a person."""

    def send(self, text: str) -> None:
        """Hand over one sentence; returns at once."""
        ...


class LogChannel:
    """Says in the log what would be sent; there is no way to a telephone yet."""

    def send(self, text: str) -> None:
        """Write one line."""
        log.info("%s", text, extra={"component": "notify"})


class Notifier:
    """Sends the facts that are worth a notification over a channel."""

    def __init__(self, channel: Channel) -> None:
        """Bind the channel."""
        self._channel = channel

    def __call__(self, event: Event) -> None:
        """Send a fact, unless it is one that nobody wants to be woken for."""
        if is_worth_telling(event):
            self._channel.send(words_of(event))
