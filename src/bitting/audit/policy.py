"""How much an answer waits for its audit record, and what happens when the record cannot be kept.

=========  ==================================================  =========================================
level      an answer is given                                  lost with the process   lost with the machine
=========  ==================================================  =========================================
sync       when its record is in the file and on the disk      nothing                 nothing
written    when its record is in the file                      nothing                 what the disk had not got
buffered   at once; the record follows within ``flush_ms``     ``flush_ms`` of it      the same and the above
=========  ==================================================  =========================================
"""

from __future__ import annotations

from dataclasses import dataclass

LEVELS = ("sync", "written", "buffered")


@dataclass(frozen=True, slots=True)
class AuditPolicy:
    """``durability``: of everything but hot requests; ``hot``: of those. Sizes in bytes, ages in days, 0 for never."""

    durability: str = "written"
    hot: str = "buffered"
    flush_ms: int = 50
    on_failure: str = "refuse"
    segment_bytes: int = 64 << 20
    keep_bytes: int = 0
    keep_days: int = 0
    checkpoint_s: int = 60

    def level(self, *, hot: bool) -> str:
        """The level of a request."""
        return self.hot if hot else self.durability
