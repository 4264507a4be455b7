"""The thread of a worker process that does what is due.

::

    wait 1 s -> run_due() -> something done? look again at once : wait
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from bitting.core.scheduler import Scheduler

POLL_SECONDS = 1.0
STOP_SECONDS = 20.0


class SchedulerThread:
    """Started once the process serves; a daemon, because every job survives its process being killed.

    ``before`` is called ahead of each look (developer mode brings its clock up to date there).
    ``report`` takes (where, exception) for the log when the store cannot be read; the thread goes on.
    """

    def __init__(
        self,
        scheduler: Scheduler,
        report: Callable[[str, BaseException], None],
        before: Callable[[], None] | None = None,
    ) -> None:
        self._scheduler = scheduler
        self._report = report
        self._before = before
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._loop, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the job under way, begin no other. Returns after 20 s at the latest."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _loop(self) -> None:
        while not self._stopping.is_set():
            if not self._once():
                self._stopping.wait(POLL_SECONDS)

    def _once(self) -> bool:
        try:
            if self._before is not None:
                self._before()
            return self._scheduler.run_due() > 0
        except Exception as error:  # noqa: BLE001 - a store that is away for a while must not end the thread
            self._report("scheduler", error)
            return False
