"""Hot requests that wait for the audit trail, without the event loop waiting.

::

    request 1 -> turn 1 on a thread: settle() ...........done -> 1 answered
    requests 2, 3, 4 meanwhile -------------> turn 2: settle() ...done -> 2, 3, 4 answered together
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor


class Settling:
    """One per event loop. ``settle`` keeps everything recorded before it was called; it may block."""

    def __init__(self, settle: Callable[[], bool], pool: Executor) -> None:
        self._settle = settle
        self._pool = pool
        self._waiting: list[asyncio.Future[bool]] = []
        self._turns: asyncio.Task[None] | None = None

    async def wait(self) -> bool:
        """Return once everything recorded before the call is kept: what ``settle`` returned."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[bool] = loop.create_future()
        self._waiting.append(done)
        if self._turns is None:
            self._turns = loop.create_task(self._turn_by_turn())
        return await done

    async def _turn_by_turn(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            served, self._waiting = self._waiting, []
            kept = await loop.run_in_executor(self._pool, self._settle)
            for done in served:
                if not done.done():
                    done.set_result(kept)
        self._turns = None
