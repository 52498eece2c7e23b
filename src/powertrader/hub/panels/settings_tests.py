"""The test button of each integration: the exchange, the Redis server, messages on the desktop."""

from collections.abc import Mapping
from typing import Final

from powertrader.core.exceptions import PowerTraderError
from powertrader.hub.panel import PanelContext
from powertrader.hub.programs import Program
from powertrader.hub.text import text

TESTED: Final = ("exchange", "bus", "hub")
"""The groups of settings that have a test."""


class Integrations:
    """Tests them with what is typed, saved or not; the exchange with what is saved."""

    def __init__(self, context: PanelContext) -> None:
        """Test nothing yet."""
        self._context = context

    def run(self, section: str, redis_url: str) -> None:
        """Test the integration of a group and say what came of it."""
        if section == "exchange":
            self._context.commands.run("access.preflight")
        elif section == "hub":
            self._context.ports.notify(text("settings.test.title"), text("settings.test.message"))
            self._context.say(text("settings.test.sent"), "news")
        elif not redis_url:
            self._context.say(text("settings.test.no_redis"), "warning")
        else:
            self._ask_redis(redis_url)

    def _ask_redis(self, url: str) -> None:
        ports = self._context.ports
        wanted = ("--redis", "--last", "0", *ports.options, "--set", f"bus.redis_url={url}")
        self._context.say(text("settings.test.asked"), "news")
        self._context.background.ask(
            "settings.test", Program(ports, "events", *wanted).answer, self._answered, self._failed
        )

    def _answered(self, content: Mapping[str, object]) -> None:
        problems = content.get("problems")
        if isinstance(problems, list) and problems:
            self._context.say(text("settings.test.failed", reason=problems[0]), "error")
        else:
            self._context.say(text("settings.test.redis_answers"), "news")

    def _failed(self, error: PowerTraderError) -> None:
        self._context.say(text("settings.test.failed", reason=error), "error")
