"""How many bytes of bodies a worker holds at a time.

::

    body that announces at most SMALL    read whole, not counted: the listener's own buffers are larger
    any other                            counted as its bytes arrive; over the budget: dropped, answered "unavailable"
    the request is answered              its bytes are free again

Bytes count when they are there and not when they are announced, so that a caller who only announces takes no room from
others.
"""

from __future__ import annotations

SMALL = 16 << 10


class BodyBudget:
    """Of one event loop, so without a lock."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.held = 0

    def take(self, count: int) -> bool:
        """Whether there was room for ``count`` bytes; they are held from now on."""
        if self.held + count > self._limit:
            return False
        self.held += count
        return True

    def release(self, count: int) -> None:
        """They are free again."""
        self.held -= count
