"""Facts about a database, in its ``meta`` table: small texts that are written once and read at every start."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, select

from bitting.stores.sql.driver_errors import translate_errors
from bitting.stores.sql.engines import open_backend
from bitting.stores.sql.tables import meta

_BUSY_MS = 10_000


def fact(url: str, name: str) -> str:
    """The fact by that name; empty if there is none, or no database. Raises ``StoreFailed``."""
    backend = open_backend(url, busy_ms=_BUSY_MS)
    if backend.is_sqlite and not Path(backend.url.database or "").exists():
        return ""
    try:
        with translate_errors(), backend.reader() as connection:
            if not inspect(connection).has_table(meta.name):
                return ""
            return connection.execute(select(meta.c.value).where(meta.c.name == name)).scalar_one_or_none() or ""
    finally:
        backend.engine.dispose()


def set_once(url: str, name: str, value: str) -> str:
    """Record a fact unless there is one by that name; the one that stands. Raises ``StoreFailed``."""
    backend = open_backend(url, busy_ms=_BUSY_MS)
    try:
        with translate_errors(), backend.writer() as connection:
            connection.execute(backend.insert(meta), {"name": name, "value": value})
            connection.commit()
    finally:
        backend.engine.dispose()
    return fact(url, name)
