"""A stage for panels: one window for all tests of a module; an error in a Tk callback fails the test."""

from collections.abc import Iterator

import pytest

from tests.unit.hub.panels.stage import Stage, on_stage


@pytest.fixture(scope="module")
def module_stage(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The window of a module."""
    with on_stage(tmp_path_factory.mktemp("home")) as stage:
        yield stage


@pytest.fixture
def stage(module_stage: Stage) -> Iterator[Stage]:
    """The window of a module, with nothing asked for yet."""
    module_stage.clear()
    yield module_stage
    raised = module_stage.raised[:]
    module_stage.raised.clear()
    if raised:
        raise raised[0]
