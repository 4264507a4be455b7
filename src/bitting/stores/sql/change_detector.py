"""Change detectors: has anything been committed? Called for every hot request, so it must cost microseconds.

::

    FileChangeDetector      SQLite      the shared index's header, and when that differs PRAGMA data_version on one
                               connection kept for nothing else: it changes with every commit of any other
                               connection, in this process or another
    PollingChangeDetector   PostgreSQL  a thread follows the change log (LISTEN, and several looks within the bound);
                               reading is two attributes and a clock
                                   confirmed_at  when the last look that succeeded was begun
                                   now - confirmed_at > freshness  ->  Unavailable
"""

from __future__ import annotations

import mmap
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from bitting.core.faults import Unavailable
from bitting.stores.sql.tables import changes

CHANNEL = "bitting_changes"
_INDEX_HEADER = 48
FIRST_LOOK_S = 2.0
RETRY_S = 0.05
LOOKS_PER_BOUND = 5  # a busy interpreter makes the thread wait for its turn: leave it room
PAUSE_S_MAX = 0.1  # bounds how long close() waits


class ChangeDetector(Protocol):
    """The source of ``Store.poll``."""

    def read(self) -> int:
        """As ``Store.poll``. Raises ``Unavailable``."""
        ...

    def committed(self) -> None:
        """This process has committed: the next ``read`` differs."""
        ...

    def close(self) -> None:
        """Release connection and thread."""
        ...


class FileChangeDetector:
    """The change detector of an SQLite file. ``connect`` gives a raw connection in autocommit.

    A query releases the interpreter lock four times, and each time another thread takes it: that
    made a hot request half as expensive again. So the index that all connections share is looked at first
    (https://sqlite.org/walformat.html, "WAL-Index header"): every commit changes its first 48 bytes before it
    returns, and while they are what they were, nothing was committed. Half-written bytes differ too, which errs
    on the safe side. The file lives as long as any connection does, and ours stays open.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._lock = threading.Lock()
        # data_version starts anew with each connection; the random part keeps readings of two connections apart
        self._epoch = secrets.randbits(30) << 32
        try:
            self._connection = connect()
            self._cursor = self._connection.cursor()
            # a read joins the shared index; from here to close() no process can delete that file and create another
            self._cursor.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()
            self._seen = (b"", self._ask())
            path = self._cursor.execute("PRAGMA database_list").fetchone()[2]
        except sqlite3.Error as error:
            raise Unavailable(reason="the database file cannot be opened") from error
        self._index = _shared_index(path)

    def _ask(self) -> int:
        version: int = self._cursor.execute("PRAGMA data_version").fetchone()[0]
        return self._epoch + version

    def read(self) -> int:
        """As ``Store.poll``; below 1 us while nothing is committed."""
        head, version = self._seen
        now = self._index[:_INDEX_HEADER] if self._index is not None else b""
        if now and now == head:
            return version
        try:
            with self._lock:
                # the header was read before the question: a commit in between shows in the next header
                version = self._ask()
                self._seen = (now, version)
        except sqlite3.Error as error:
            raise Unavailable(reason="the database file cannot be read") from error
        return version

    def committed(self) -> None:
        """No action: the database itself shows the commit."""

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()
            if self._index is not None:
                self._index.close()
                self._index = None


def _shared_index(path: str) -> mmap.mmap | None:
    """The index beside a database in WAL mode, mapped for reading; None where there is none to map."""
    try:
        with Path(f"{path}-shm").open("rb") as file:
            return mmap.mmap(file.fileno(), 2 * _INDEX_HEADER, prot=mmap.PROT_READ)
    except (OSError, ValueError):
        return None


class PollingChangeDetector:
    """The change detector of a PostgreSQL database. ``freshness_ms``: the bound on how old its knowledge may be.

    A commit of this process shows at once; a commit of another usually within a few milliseconds, and
    within the bound or ``read`` raises.
    """

    def __init__(self, engine: Engine, freshness_ms: int) -> None:
        self._engine = engine
        self._freshness_s = freshness_ms / 1000
        self._pause_s = min(self._freshness_s / LOOKS_PER_BOUND, PAUSE_S_MAX)
        self._look = select(func.max(changes.c.seq))
        self._lock = threading.Lock()
        self._ticks = secrets.randbits(30) << 32
        self._newest: int | None = -1
        self._confirmed_at = float("-inf")
        self._first = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="store-follower", daemon=True)
        self._thread.start()
        self._first.wait(FIRST_LOOK_S)

    def read(self) -> int:
        """As ``Store.poll``; under 1 us."""
        # the order matters: ticks read after the check would be newer, never older, than what was confirmed
        if time.monotonic() - self._confirmed_at > self._freshness_s:
            raise Unavailable(reason="the database has not confirmed that nothing changed")
        return self._ticks

    def committed(self) -> None:
        """Count this process's own commit without waiting for the follower."""
        with self._lock:
            self._ticks += 1

    def close(self) -> None:
        """Stop the thread and wait for it, at most 2 s: it may be waiting for an unreachable server."""
        self._stop.set()
        self._thread.join(FIRST_LOOK_S)

    def _follow(self) -> None:
        while not self._stop.is_set():
            connection: Connection | None = None
            try:
                connection = self._engine.execution_options(isolation_level="AUTOCOMMIT").connect()
                self._listen(connection)
            except Exception:  # noqa: BLE001 - whatever it was: not confirmed, so ``read`` raises; try again
                self._stop.wait(RETRY_S)
            finally:
                _close_connection(connection)

    def _listen(self, connection: Connection) -> None:
        """Follow on one connection until told to stop. Raises what the database raises."""
        driver: Any = connection.connection.driver_connection
        driver.execute("LISTEN " + CHANNEL)
        while not self._stop.is_set():
            self._confirm(connection)
            for _ in driver.notifies(timeout=self._pause_s, stop_after=1):
                pass

    def _confirm(self, connection: Connection) -> None:
        begun = time.monotonic()
        newest = connection.execute(self._look).scalar_one()
        if newest != self._newest:
            self._newest = newest
            self.committed()
        self._confirmed_at = begun  # after the tick: a reader that sees this sees the tick
        self._first.set()


def _close_connection(connection: Connection | None) -> None:
    """Close the connection instead of returning it to the pool: it listens."""
    if connection is not None:
        try:
            connection.invalidate()
            connection.close()
        except SQLAlchemyError:
            return
