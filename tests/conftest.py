"""What every test lives under: no network, no error in the log, how hard hypothesis searches, what counts.

HYPOTHESIS_PROFILE=local (default) is quick, =ci is thorough and gives the same examples every time;
the second is also the default wherever CI is set.
"""

import decimal
import logging
import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from typing import Final

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests.display import screen

# two test processes share two cores with numba's compiler: only a hang is too slow
DEADLINE: Final = timedelta(seconds=20)

settings.register_profile(
    "local", max_examples=50, deadline=DEADLINE, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "ci",
    max_examples=200,
    deadline=DEADLINE,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "local"))


FOLDER_MARKS: Final = {"property": pytest.mark.property, "golden": pytest.mark.golden}
UNMEASURED_FOLDERS: Final = frozenset({"architecture", "contract", "golden"})
IS_COMPILED: Final = not os.environ.get("NUMBA_DISABLE_JIT")
"""Coverage sees no line of compiled code; the run without the compiler is there for those lines."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of a folder with its name, so that `-m property` finds every law, and the unmeasured."""
    for item in items:
        mark = FOLDER_MARKS.get(item.path.parent.name)
        if mark is not None:
            item.add_marker(mark)
        if _repeats_lines(item):
            item.add_marker(pytest.mark.unmeasured)


def _repeats_lines(item: pytest.Item) -> bool:
    """Tell a test that takes many inputs over the same lines, where measuring doubles the time.

    The floors of coverage hold without what it reaches: the examples written by hand must reach that.
    """
    is_search = isinstance(item, pytest.Function) and is_hypothesis_test(item.obj)
    return is_search or item.path.parent.name in UNMEASURED_FOLDERS


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, bool, bool]:
    """Run an unmeasured test, with the fixtures made for it, without coverage's tracer.

    The no_cover of pytest-cov does nothing below pytest-xdist: it ends one measuring and another goes on.
    """
    if not IS_COMPILED or item.get_closest_marker("unmeasured") is None:
        return (yield)
    tracer, tracer_of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(tracer)
        threading.settrace(tracer_of_threads)


@pytest.fixture(scope="session", autouse=True)
def _own_state(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep what belongs to the computer's user, and not to a home, out of the folders of whoever tests."""
    os.environ["XDG_STATE_HOME"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(scope="session")
def lasting_screen() -> Iterator[Callable[[str], str]]:
    """Give the name of the screen of a size, for windows that this process opens itself.

    There is one of each size until the end: Tk keeps its connection when the last window is closed, and Xlib
    ends the process when the screen at its other end is gone.
    """
    with ExitStack() as screens:
        yield cache(lambda size: screens.enter_context(screen(size)))


class ErrorLog(logging.Handler):
    """Collects what is logged as an error or worse."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(f"{record.name}: {record.getMessage()}")


@pytest.fixture
def error_log() -> Iterator[ErrorLog]:
    """Collect the errors logged while a test runs."""
    log = ErrorLog()
    root = logging.getLogger()
    root.addHandler(log)
    yield log
    root.removeHandler(log)


@pytest.fixture
def expected_errors(error_log: ErrorLog) -> list[str]:
    """Allow this test to log errors; gives their texts, "logger: message", as they come."""
    return error_log.texts


@pytest.fixture(autouse=True)
def _same_rounding() -> Iterator[None]:
    """Fail a test after which decimal numbers are rounded otherwise: ccxt does that to whoever calls it."""
    before = decimal.getcontext().copy()
    yield
    now = decimal.getcontext()
    found = now.rounding, now.prec
    decimal.setcontext(before)
    assert found == (before.rounding, before.prec)


@pytest.fixture(autouse=True)
def _no_unexpected_errors(error_log: ErrorLog, request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs an error it did not expect."""
    yield
    if error_log.texts and "expected_errors" not in request.fixturenames:
        pytest.fail(f"logged as errors: {error_log.texts}; ask for expected_errors if that is right")
