"""Saving settings beside the Tk thread: of two savings at once both are done, and both are answered."""

import json
import tkinter as tk
from collections.abc import Callable

from powertrader.hub.panel import PanelContext
from powertrader.hub.settings_saving import Outcome, save_settings, settings_path
from tests.unit.hub.views import settings_view

NAMES = ("entry.trade_start_level", "entry.start_allocation_pct", "trailing.gap_pct", "dca.multiplier")


def test_savings_that_overlap_are_all_written_and_all_answered(
    root: tk.Tk, hub_context: Callable[..., PanelContext], wait_until: Callable[[Callable[[], bool]], None]
) -> None:
    context, saved, failures = hub_context(), list[str](), list[str]()
    for name in NAMES:

        def done(name: str = name) -> None:
            saved.append(name)

        outcome = Outcome(done, lambda clashes: failures.append(str(clashes)), failures.append)
        save_settings(context, {name: 2}, settings_view(), outcome)
    wait_until(lambda: len(saved) + len(failures) == len(NAMES))
    assert failures == []
    assert sorted(saved) == sorted(NAMES)
    written = json.loads(settings_path(context).read_text("utf-8"))
    assert list(written.values()) == [2] * len(NAMES)
