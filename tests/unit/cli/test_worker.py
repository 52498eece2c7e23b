"""How a worker waits that cannot begin without its venue."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from powertrader.cli.worker import START, opened, worker
from powertrader.core.config_sources import ConfigSources
from powertrader.core.exceptions import AccessRefused, RateLimitError, RetryLater
from powertrader.core.health import Health, health_of
from powertrader.core.loop import Alarm
from powertrader.core.mailbox import HEARTBEAT, Mailbox
from powertrader.core.paths import HomePaths
from powertrader.core.storage import FileStore
from powertrader.models.status import Heartbeat


@dataclass
class Impatient(Alarm):
    """Somebody who looks at the heartbeat as soon as a wait begins, and ends it."""

    paths: HomePaths
    seen: list[Heartbeat | None] = field(default_factory=list)

    @property
    def stopped(self) -> bool:
        mailbox = Mailbox(FileStore(), self.paths)
        self.seen.append(mailbox.read(self.paths.heartbeat("trader"), HEARTBEAT))
        return True


def seen_after(home: Path, error: Exception) -> list[Heartbeat | None]:
    """Give the heartbeats of a trader that cannot begin, the first from the pause after its first try."""

    def fails() -> AbstractContextManager[str]:
        raise error

    alarm = Impatient(HomePaths(home))
    with worker("trader", home, ConfigSources()) as made:
        process = replace(made, alarm=alarm)
        with opened(process, "paper", fails) as found:
            assert found is None
        assert alarm.stopped
    return alarm.seen


@pytest.mark.parametrize(
    "error, pause_s",
    [(RetryLater("no line"), START.longest_delay_s), (RateLimitError("its firewall", 300.0), 300.0)],
    ids=["silent", "asked for a pause"],
)
def test_who_waits_is_failing_and_not_stale_for_the_longest_pause(
    tmp_path: Path, error: RetryLater, pause_s: float
) -> None:
    waiting, *_, ended = seen_after(tmp_path, error)
    assert waiting is not None
    assert ended is not None
    longest = timedelta(seconds=pause_s * (1 + START.jitter_fraction))
    assert health_of(waiting, waiting.at + longest).health is Health.FAILING
    assert (waiting.mode, waiting.last_error) == ("paper", f"it cannot begin yet: {error}")
    assert (waiting.running, ended.running) == (True, False)


def test_what_waiting_cannot_mend_ends_it_at_once(tmp_path: Path) -> None:
    with pytest.raises(AccessRefused, match="check the API key"):
        seen_after(tmp_path, AccessRefused("check the API key"))
