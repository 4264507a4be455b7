"""Schema migration: bring a database to the tables of this program, safe against concurrent processes.

::

    recorded revision == HEAD        nothing to do; Alembic is not even imported (it is slow to)
    older, or none                   under the writers' lock, in one transaction: look again, upgrade
    unknown                          made by a newer program: refuse

HEAD is the newest revision in ``migrations/versions``; a test compares the two.
"""

from __future__ import annotations

import uuid
from pathlib import Path

from sqlalchemy import Column, Connection, MetaData, Table, Text, insert, inspect, select

from bitting.core.faults import StoreFailed
from bitting.stores.sql.driver_errors import translate_errors
from bitting.stores.sql.engines import Backend, create_sqlite_file, open_backend
from bitting.stores.sql.tables import meta

HEAD = "0011"
REVISIONS = Table("alembic_version", MetaData(), Column("version_num", Text))
LOCK_WAIT_MS = 60_000  # another process may be migrating a large database


def migrate(url: str) -> bool:
    """Create or upgrade the tables of the database at ``url``. True if there was anything to do.

    Creates an SQLite file that is missing, readable by its owner only. All or nothing: a failed upgrade
    leaves the database as it was. Raises ``StoreFailed``, with ``reason`` for the operator.
    """
    backend = open_backend(url, busy_ms=LOCK_WAIT_MS)
    try:
        with translate_errors():
            return _migrate(backend)
    finally:
        backend.engine.dispose()


def _migrate(backend: Backend) -> bool:
    if backend.is_sqlite:
        create_sqlite_file(Path(backend.url.database or ""))
    with backend.reader() as connection:
        if recorded_revision(connection) == HEAD:
            return False
    with backend.writer() as connection:
        found = recorded_revision(connection)
        if found == HEAD:
            return False
        _upgrade(connection, found)
        connection.commit()
    return True


def recorded_revision(connection: Connection) -> str:
    """The revision the database says it has, or the empty string."""
    if not inspect(connection).has_table(REVISIONS.name):
        return ""
    return connection.execute(select(REVISIONS.c.version_num)).scalar_one_or_none() or ""


def _upgrade(connection: Connection, found: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import and hardly ever needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "bitting.stores.sql:migrations")
    if found and found not in {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}:
        raise StoreFailed(reason=f"the database was made by a newer program (revision {found}, this one has {HEAD})")
    config.attributes["connection"] = connection
    command.upgrade(config, HEAD)
    if not found:
        connection.execute(insert(meta), {"name": "store_id", "value": str(uuid.uuid4())})
