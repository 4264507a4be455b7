"""Spent signatures and nonces in the database: for all workers and nodes, over restarts.

::

    spend ── insert unless there ──> row       an own transaction, before the request's
          └─ there, but expired: taken over    (a nonce may come again when its date is long past)
    once a minute: expired rows go

The transaction is committed without waiting for the disk (SQLite: synchronous NORMAL in WAL mode; PostgreSQL:
synchronous_commit off): a killed process loses nothing, a machine that loses power may lose the last moments, and with
them the memory of what was spent then. It takes no part in the change log, so no cache hears of it.
"""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import bindparam, delete, event, select, update

from bitting.stores.sql.driver_errors import translate_errors
from bitting.stores.sql.engines import open_backend
from bitting.stores.sql.tables import spent_proofs

SWEEP_MS = 60_000
SPENT_MAX = 2_000_000
_BUSY_MS = 10_000


class SqlSpentProofs:
    """A :class:`bitting.core.ports.SpentProofs`. One per process, made after the fork; opens at first use.

    ``limit``: rows kept at most; beyond it those that expire first go.
    """

    def __init__(self, url: str, *, limit: int = SPENT_MAX) -> None:
        self._backend = open_backend(url, busy_ms=_BUSY_MS)
        event.listen(self._backend.engine, "connect", self._settle)
        self._insert = self._backend.insert(spent_proofs)
        table = spent_proofs.c
        self._take_over = (
            update(spent_proofs)
            .where(table.id == bindparam("b_id"), table.expires_ms <= bindparam("b_now"))
            .values(expires_ms=bindparam("b_expires"))
        )
        self._delete = delete(spent_proofs).where(table.expires_ms <= bindparam("b_now"))
        self._forget = delete(spent_proofs).where(table.id == bindparam("b_id"))
        self._expiry = select(table.expires_ms).where(table.id == bindparam("b_id"))
        self._horizon = select(table.expires_ms).order_by(table.expires_ms.desc()).offset(limit).limit(1)
        self._turn = threading.Lock()
        self._swept_ms = 0

    def _settle(self, connection: Any, _record: object) -> None:
        if self._backend.is_sqlite:
            connection.execute("PRAGMA synchronous=NORMAL")
        else:
            connection.execute("SET synchronous_commit = off")
            connection.commit()

    def spend(self, proof: str, expires_ms: int, now_ms: int, grace_ms: int = 0) -> bool:
        """As in the port. Raises ``StoreFailed``."""
        with self._turn, translate_errors(), self._backend.writers.begin() as connection:
            if now_ms - self._swept_ms > SWEEP_MS:
                self._swept_ms = now_ms
                connection.execute(self._delete, {"b_now": max(now_ms, self._over(connection))})
            if connection.execute(self._insert, {"id": proof, "expires_ms": expires_ms}).rowcount == 1:
                return True
            taken = connection.execute(self._take_over, {"b_id": proof, "b_now": now_ms, "b_expires": expires_ms})
            if taken.rowcount == 1:
                return True
            first = connection.execute(self._expiry, {"b_id": proof}).scalar_one_or_none() if grace_ms else None
            return first is not None and expires_ms - int(first) <= grace_ms

    def forget(self, proof: str) -> None:
        """As in the port. Raises ``StoreFailed``."""
        with self._turn, translate_errors(), self._backend.writers.begin() as connection:
            connection.execute(self._forget, {"b_id": proof})

    def _over(self, connection: Any) -> int:
        return int(connection.execute(self._horizon).scalar_one_or_none() or 0)

    def close(self) -> None:
        """Release the connections."""
        self._backend.engine.dispose()
