"""A file that a reader holds for a moment, as Windows lets it, is replaced once it is free."""

import pytest

from powertrader.core.file_operations import repeat_while_held


class HeldFile:
    """Refuses to be replaced as often as told."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals

    def replace(self) -> None:
        if self.refusals:
            self.refusals -= 1
            raise PermissionError(13, "held by a reader")


def test_a_file_that_becomes_free_in_time_is_replaced() -> None:
    held = HeldFile(2)
    repeat_while_held(held.replace, tries=3)
    assert held.refusals == 0


def test_a_file_that_stays_held_is_an_error_after_the_last_try() -> None:
    held = HeldFile(9)
    with pytest.raises(PermissionError, match="held by a reader"):
        repeat_while_held(held.replace, tries=3)
    assert held.refusals == 6
