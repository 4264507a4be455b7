"""The differences between SQLite and PostgreSQL, except change detection (``change_detector.py``).

::

                  SQLite                                 PostgreSQL
    durable       WAL, synchronous FULL: fsync per       synchronous_commit on: WAL flushed per commit
                  commit
    a writer      BEGIN IMMEDIATE                        READ COMMITTED behind a transaction-long
                                                         advisory lock
    a reader      BEGIN: one snapshot from the first     REPEATABLE READ, READ ONLY: likewise
                  read on
    waiting       busy_timeout                           lock_timeout

Why an advisory lock and not SERIALIZABLE: a serializable writer may have to be run again, and a use case
that has created a key in a device cannot. Behind the lock there is no other writer, so READ COMMITTED
sees one state throughout. (REPEATABLE READ would take its snapshot before the lock is granted.)
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Select, Table, create_engine, event, func, make_url, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.dml import Insert

# hide_parameters: what a failed statement carried (wrapped keys, password records) stays out of the log
ENGINE: dict[str, Any] = {"pool_size": 8, "max_overflow": 24, "pool_timeout": 10.0, "hide_parameters": True}
STATEMENT_MS_MAX = 60_000
IDLE_MS_MAX = 60_000  # a node that vanished inside a transaction must not keep the others from writing
CONNECT_S_MAX = 5
WRITERS_LOCK = 0x42495454  # "BITT": the advisory lock that writers of one database queue for


@dataclass(frozen=True, slots=True)
class Backend:
    """How to use one kind of database. ``lock``: what a writer runs first, if its BEGIN is not enough."""

    url: URL
    engine: Engine
    readers: Engine
    writers: Engine
    insert: Callable[[Table], Insert]
    count_up: Callable[[Table], Insert]
    lock: Select[Any] | None

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is a file of this machine."""
        return self.engine.dialect.name == "sqlite"

    def writer(self) -> Connection:
        """A connection inside a writing transaction; there is no other writer until it ends."""
        connection = self.writers.connect()
        try:
            connection.begin()
            if self.lock is not None:
                connection.execute(self.lock)
        except BaseException:
            connection.close()
            raise
        return connection

    def reader(self) -> Connection:
        """A connection inside a reading transaction."""
        connection = self.readers.connect()
        connection.begin()
        return connection


def open_backend(url: str, *, busy_ms: int) -> Backend:
    """The backend for a database URL. Opens no connection yet.

    ``sqlite:///PATH`` or ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``; anything else is a ``ValueError``.
    ``busy_ms``: how long a writer waits for another.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("the database URL is not a URL") from None  # its text may hold a password
    kind = parsed.get_backend_name()
    if kind == "sqlite" and parsed.database and parsed.database != ":memory:":
        return _sqlite(parsed, Path(parsed.database), busy_ms)
    if kind == "postgresql":
        return _postgresql(parsed.set(drivername="postgresql+psycopg"), busy_ms)
    raise ValueError("the database URL is neither sqlite:///PATH nor postgresql://...")


# ── SQLite ────────────────────────────────────────────────────────────────────


def _sqlite(url: URL, path: Path, busy_ms: int) -> Backend:
    engine = create_engine(url, creator=lambda: connect_sqlite(path, busy_ms), **ENGINE)
    event.listen(engine, "begin", _begin_sqlite)
    return Backend(
        url=url,
        engine=engine,
        readers=engine,
        writers=engine.execution_options(writes=True),
        insert=lambda table: sqlite.insert(table).on_conflict_do_nothing().inline(),
        count_up=lambda table: (
            sqlite.insert(table)
            .on_conflict_do_update(index_elements=[table.c.name], set_={"value": table.c.value + 1})
            .returning(table.c.value)
        ),
        lock=None,
    )


def connect_sqlite(path: Path, busy_ms: int) -> sqlite3.Connection:
    """A raw connection to an existing database file, in autocommit: transactions are begun by statement."""
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=rw",
        uri=True,
        timeout=busy_ms / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    mode = connection.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":  # SQLite does not raise: it answers with the mode it stayed in
        connection.close()
        raise sqlite3.OperationalError("this file system cannot hold a write-ahead log")
    return connection


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")


def file_url(path: Path) -> str:
    """The URL of an SQLite file, whatever characters its path has."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def create_sqlite_file(path: Path) -> None:
    """Make an empty database file that only its owner reads, if there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


# ── PostgreSQL ────────────────────────────────────────────────────────────────


def _postgresql(url: URL, busy_ms: int) -> Backend:
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - 70 ms that a start on SQLite does not need

    limits = {
        "lock_timeout": busy_ms,
        "statement_timeout": STATEMENT_MS_MAX,
        "idle_in_transaction_session_timeout": IDLE_MS_MAX,
    }
    options = {
        "options": " ".join(f"-c {name}={limit_ms}" for name, limit_ms in limits.items()),
        "connect_timeout": CONNECT_S_MAX,
        "keepalives_idle": 10,
        "tcp_user_timeout": 10_000,
    }
    given = {name: value for name, value in options.items() if name not in url.query}
    engine = create_engine(url, connect_args=given, pool_pre_ping=True, isolation_level="READ COMMITTED", **ENGINE)
    event.listen(engine, "connect", _require_durability)
    return Backend(
        url=url,
        engine=engine,
        readers=engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True),
        writers=engine,
        insert=lambda table: postgresql.insert(table).on_conflict_do_nothing().inline(),
        count_up=lambda table: (
            postgresql.insert(table)
            .on_conflict_do_update(index_elements=[table.c.name], set_={"value": table.c.value + 1})
            .returning(table.c.value)
        ),
        lock=select(func.pg_advisory_xact_lock(WRITERS_LOCK)),
    )


def _require_durability(connection: Any, _record: object) -> None:
    """A server set to ``synchronous_commit = off`` would lose acknowledged commits; stricter settings stay."""
    connection.execute(
        "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
    )
    connection.commit()
