"""The change log: what each commit touched, in the order of commits, truncated to a maximum length.

::

    seq  kind   record_id      position = the seq after the newest; the log is never empty
     41  Key    1f0c...        a cache that has seen everything before position p asks for seq >= p
     42  Alias  r1/alias/x     older than the oldest row kept: None, start again

Rows are written inside the transaction they describe. Writers exclude each other, so the order of seq is
the order of commits and no lower seq appears later.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bitting.core.faults import StoreFailed
from bitting.core.ports import Change
from bitting.stores.sql.tables import changes

PRUNE_EVERY = 256  # commits of this process


class ChangeLog:
    """Writes and reads the log on connections it is given. ``kept``: how many rows stay."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._commits = 0
        newest = select(func.max(changes.c.seq)).scalar_subquery()
        self._insert = insert(changes).inline()
        self._prune = delete(changes).where(changes.c.seq <= newest - bindparam("kept"))
        self._bounds = select(func.min(changes.c.seq), func.max(changes.c.seq))
        self._since = (
            select(changes.c.kind, changes.c.record_id)
            .where(changes.c.seq >= bindparam("position"))
            .order_by(changes.c.seq)
        )

    def write(self, connection: Connection, touched: Iterable[tuple[str, str]]) -> bool:
        """Log what the transaction of ``connection`` touched. False if it touched nothing."""
        now_ms = time.time_ns() // 1_000_000
        rows = [{"kind": kind, "record_id": record_id, "committed_ms": now_ms} for kind, record_id in touched]
        if not rows:
            return False
        connection.execute(self._insert, rows)
        self._commits += 1
        if self._commits % PRUNE_EVERY == 0:
            connection.execute(self._prune, {"kept": self._kept})
        return True

    def since(self, connection: Connection, position: int) -> tuple[int, Sequence[Change] | None]:
        """The present position, and what was touched from ``position`` on; None if that is not known (any more).

        A position ahead of the log (of a database restored from a copy) is unknown as well.
        """
        oldest, present = self._oldest_and_position(connection)
        if not oldest <= position <= present:
            return present, None
        if position == present:
            return present, ()
        rows = connection.execute(self._since, {"position": position})
        return present, [Change(kind, record_id) for kind, record_id in rows]

    def _oldest_and_position(self, connection: Connection) -> tuple[int, int]:
        oldest, newest = connection.execute(self._bounds).one()
        if oldest is None:
            raise StoreFailed(reason="the change log is empty: it has been tampered with")
        return oldest, newest + 1
