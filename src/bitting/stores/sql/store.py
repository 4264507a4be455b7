"""SqlStore: one database, used by the threads of a process and by the processes of a node (or several).

::

    SqlStore ── ProcessConnections (opened at first use, by each process for itself)
                  backend   engine with pool                engines.py
                  turn      lock: one writer of this process at a time, before it waits for the database
                  pulse     poll(), opened at first poll    pulse.py

A database connection must not cross a fork: before one, the parent closes its link (it opens again when
used), so the child inherits none. Fork while no unit of work is open.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, func, select

from bitting.core.faults import StoreFailed
from bitting.core.ports import Change, Store, UnitOfWork
from bitting.stores.sql.change_detector import CHANNEL, ChangeDetector, FileChangeDetector, PollingChangeDetector
from bitting.stores.sql.change_log import ChangeLog
from bitting.stores.sql.driver_errors import translate_errors
from bitting.stores.sql.engines import Backend, connect_sqlite, open_backend
from bitting.stores.sql.mapping import MappedTable, mapped_tables
from bitting.stores.sql.record_codes import AUTHORITY, RecordCodes, Work
from bitting.stores.sql.tables import sequences
from bitting.stores.sql.unit_of_work import SqlUnitOfWork


class ProcessConnections:
    """The open connections of one process."""

    def __init__(self, backend: Backend, freshness_ms: int, busy_ms: int) -> None:
        self.backend = backend
        self.detector: ChangeDetector | None = None
        self._opening = threading.Lock()
        self._turn = threading.Lock()
        self._freshness_ms = freshness_ms
        self._busy_ms = busy_ms

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The write lock of this process. Raises ``StoreFailed`` if it does not come within ``busy_ms``."""
        if not self._turn.acquire(timeout=self._busy_ms / 1000):
            raise StoreFailed(reason="another writer did not finish in time")
        try:
            yield
        finally:
            self._turn.release()

    def open_change_detector(self) -> ChangeDetector:
        """The change detector, opened on first use. Raises ``Unavailable``."""
        with self._opening:
            if self.detector is None:
                self.detector = self._new_change_detector()
            return self.detector

    def close(self) -> None:
        """Release connections and the change detector."""
        with self._opening:
            if self.detector is not None:
                self.detector.close()
                self.detector = None
        self.backend.engine.dispose()

    def _new_change_detector(self) -> ChangeDetector:
        if self.backend.is_sqlite:
            path = Path(self.backend.url.database or "")
            return FileChangeDetector(partial(connect_sqlite, path, self._busy_ms))
        return PollingChangeDetector(self.backend.engine, self._freshness_ms)


class SqlStore(Store):
    """Records in the database at ``url``, which :func:`bitting.stores.sql.schema.migrate` has prepared.

    ``freshness_ms``: how old the knowledge behind :meth:`poll` may be (PostgreSQL; SQLite knows at once).
    ``busy_ms``: how long a writer waits for another before it raises ``StoreFailed``.
    ``changes_kept``: how many changes the log remembers. ``codes``: authenticates authority records; without it they
    are read as they are, and written without a code. Opens no connection before the first use.
    Raises ``ValueError`` for a URL that is neither SQLite's nor PostgreSQL's.
    """

    def __init__(
        self,
        url: str,
        *,
        freshness_ms: int = 250,
        busy_ms: int = 10_000,
        changes_kept: int = 100_000,
        codes: RecordCodes | None = None,
    ) -> None:
        self._codes = codes
        self._open = partial(_open_link, url, freshness_ms, busy_ms)
        self._opening = threading.Lock()
        self._journal = ChangeLog(changes_kept)
        self._link: ProcessConnections | None = None
        backend = self._open().backend  # opens no connection; fails early if the URL is wrong
        self._kinds = mapped_tables(backend.insert)
        self._count_up = backend.count_up(sequences)
        self._notify = None if backend.is_sqlite else select(func.pg_notify(CHANNEL, ""))
        _close_before_fork(self)

    @contextmanager
    def begin(self, *, write: bool) -> Iterator[UnitOfWork]:
        """As in the port.

        An exception rolls back and is passed on. ``StoreFailed`` from the end of a write means that the
        database did not confirm the commit; whether it happened is then unknown.
        """
        link = self._link or self._reopen()
        with link.turn() if write else nullcontext(), translate_errors():
            connection = link.backend.writer() if write else link.backend.reader()
            with connection:  # closing rolls back what was not committed
                work = SqlUnitOfWork(connection, self._kinds, self._count_up, write=write, codes=self._codes)
                try:
                    yield work
                    work.end()
                finally:
                    work.abandon()
                if write:
                    self._commit(link, connection, work)

    def _commit(self, link: ProcessConnections, connection: Connection, work: SqlUnitOfWork) -> None:
        touched = self._journal.write(connection, work.touched)
        if touched and self._notify is not None:
            connection.execute(self._notify)
        connection.commit()
        if touched and link.detector is not None:
            link.detector.committed()

    def write_codes(self) -> None:
        """Give every authority record that is there its code. For a database that was made before there were codes."""
        codes, self._codes = self._codes, None
        try:
            with self.begin(write=True) as uow:
                for kind in self._kinds:
                    if codes is not None and kind.__name__ in AUTHORITY:
                        _write_codes(uow, self._kinds[kind], codes)
        finally:
            self._codes = codes

    def poll(self) -> int:
        """As in the port. SQLite: a few microseconds; PostgreSQL: less, by way of a thread that follows."""
        link = self._link or self._reopen()
        return (link.detector or link.open_change_detector()).read()

    def changes_since(self, position: int) -> tuple[int, Sequence[Change] | None]:
        """As in the port. Raises ``StoreFailed``."""
        link = self._link or self._reopen()
        with translate_errors(), link.backend.reader() as connection:
            return self._journal.since(connection, position)

    def close(self) -> None:
        """As in the port. A store that is used again opens its connections again."""
        with self._opening:
            self._shut()

    def _reopen(self) -> ProcessConnections:
        with self._opening:
            if self._link is None:
                self._link = self._open()
            return self._link

    def _shut(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def before_fork(self) -> None:
        """Close, and block opening until :meth:`after_fork`."""
        self._opening.acquire()  # released in after_fork, in both processes
        self._shut()

    def after_fork(self) -> None:
        """Parent and child each open their own connections when they need them."""
        self._opening.release()


def _open_link(url: str, freshness_ms: int, busy_ms: int) -> ProcessConnections:
    return ProcessConnections(open_backend(url, busy_ms=busy_ms), freshness_ms, busy_ms)


def _write_codes(uow: UnitOfWork, mapped: MappedTable[Any], codes: RecordCodes) -> None:
    after: str | None = None
    while page := uow.of(mapped.shape.kind.record).find(limit=1000, after=after):
        for record in page:
            codes.write(cast("Work", uow), mapped.shape, record)
        after = mapped.record_id(page[-1])


def _close_before_fork(store: SqlStore) -> None:
    """Register the store's fork hooks without keeping it alive."""
    known = weakref.ref(store)

    def call(hook: Callable[[SqlStore], None]) -> None:
        alive = known()
        if alive is not None:
            hook(alive)

    after = partial(call, SqlStore.after_fork)
    os.register_at_fork(before=partial(call, SqlStore.before_fork), after_in_parent=after, after_in_child=after)
