"""Deadlines for bodies, at a tenth of the cost of a timer a request.

::

    wait = deadlines.begin() ─ await the body ─ deadlines.end(wait)      a set holds the waits under way
    one sweep a second: wait past its deadline? -> late, its task cancelled

The waiting task catches the cancellation and asks ``wait.late`` whether it was ours.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

SWEEP_SECONDS = 1.0


@dataclass(slots=True, eq=False)
class BodyDeadline:
    """One task that waits for a body. ``late``: the sweep has cancelled it."""

    until: float
    task: asyncio.Task[object]
    late: bool = False


class BodyDeadlines:
    """Of one event loop. A wait ends ``seconds`` after its begin, or up to a sweep later."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._waits: set[BodyDeadline] = set()
        self._sweeping = False

    def begin(self) -> BodyDeadline:
        """The current task starts to wait."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - coroutines of a server run in tasks
        wait = BodyDeadline(time.monotonic() + self._seconds, task)
        self._waits.add(wait)
        if not self._sweeping:
            self._sweeping = True
            asyncio.get_running_loop().call_later(min(SWEEP_SECONDS, self._seconds), self._sweep)
        return wait

    def end(self, wait: BodyDeadline) -> None:
        """The wait is over, one way or another."""
        self._waits.discard(wait)

    def _sweep(self) -> None:
        now = time.monotonic()
        for wait in self._waits:
            if wait.until <= now and not wait.late:
                wait.late = True
                wait.task.cancel()
        self._sweeping = bool(self._waits)
        if self._sweeping:
            asyncio.get_running_loop().call_later(min(SWEEP_SECONDS, self._seconds), self._sweep)
