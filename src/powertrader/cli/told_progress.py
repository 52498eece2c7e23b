"""Progress for the program that started this one: a line now and then in place of a bar."""

import sys
from time import monotonic
from typing import Any, Final

from rich.progress import Progress, TaskID

from powertrader.core.progress_lines import Progress as Told
from powertrader.core.progress_lines import line_of

LEAST_APART_S: Final = 0.2


class ToldProgress(Progress):
    """A progress bar that nobody sees; what it would show is told in lines on standard error."""

    _told_s = 0.0

    def add_task(self, *given: Any, **named: Any) -> TaskID:  # noqa: ANN401  whatever rich takes
        """Add a task and tell of it at once."""
        task = super().add_task(*given, **named)
        self._tell(task)
        return task

    def update(self, task_id: TaskID, **named: Any) -> None:  # noqa: ANN401  as above
        """Note how far a task is; it is told when the last line is some time ago."""
        super().update(task_id, **named)
        if monotonic() - self._told_s >= LEAST_APART_S:
            self._tell(task_id)

    def _tell(self, task_id: TaskID) -> None:
        self._told_s = monotonic()
        task = self._tasks[task_id]
        told = Told(task.description, task.completed, task.total)
        sys.stderr.write(line_of(told) + "\n")
        sys.stderr.flush()
