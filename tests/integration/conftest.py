"""One screen for all windows that tests open in their own process.

It stays until the end: Tk ends a process in which a window was on a screen that is gone.
"""

from tests.unit.hub.conftest import display, pytest_runtest_logfinish

__all__ = ["display", "pytest_runtest_logfinish"]
