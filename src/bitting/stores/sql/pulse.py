"""Has anything been committed? Asked for every hot request, so it costs microseconds.

::

    FilePulse      SQLite      PRAGMA data_version on one connection kept for nothing else: it changes with
                               every commit of any other connection, in this process or another
    FollowerPulse  PostgreSQL  a thread follows the change log (LISTEN, and several looks within the bound);
                               reading is two attributes and a clock
                                   confirmed_at  when the last look that succeeded was begun
                                   now - confirmed_at > freshness  ->  Unavailable
"""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from bitting.core.faults import Unavailable
from bitting.stores.sql.tables import changes

CHANNEL = "bitting_changes"
FIRST_LOOK_S = 2.0
RETRY_S = 0.05
LOOKS_PER_BOUND = 5  # a busy interpreter makes the thread wait for its turn: leave it room
PAUSE_S_MAX = 0.1  # bounds how long close() waits


class Pulse(Protocol):
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


class FilePulse:
    """The pulse of an SQLite file. ``connect`` gives a raw connection in autocommit."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self._lock = threading.Lock()
        # data_version starts anew with each connection; the random part keeps readings of two connections apart
        self._epoch = secrets.randbits(30) << 32
        try:
            self._connection = connect()
            self._cursor = self._connection.cursor()
        except sqlite3.Error as error:
            raise Unavailable(reason="the database file cannot be opened") from error

    def read(self) -> int:
        """As ``Store.poll``; 2 to 4 us."""
        try:
            with self._lock:
                version: int = self._cursor.execute("PRAGMA data_version").fetchone()[0]
        except sqlite3.Error as error:
            raise Unavailable(reason="the database file cannot be read") from error
        return self._epoch + version

    def committed(self) -> None:
        """Nothing to do: the database says so itself."""

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            self._connection.close()


class FollowerPulse:
    """The pulse of a PostgreSQL database. ``freshness_ms``: the bound on how old its knowledge may be.

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
        """Stop the thread and wait for it, at most 2 s: it may be waiting for a server that is gone."""
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
                _give_up(connection)

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


def _give_up(connection: Connection | None) -> None:
    """Never back into the pool: it listens."""
    if connection is not None:
        try:
            connection.invalidate()
            connection.close()
        except SQLAlchemyError:
            return
