"""Database exceptions as faults, with the cause chained for the log.

::

    IntegrityError          -> ResourceExists   (a unique index refused it)
    every other error of it -> StoreFailed
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bitting.core.faults import ResourceExists, StoreFailed, Unavailable


@contextmanager
def translate_errors(resource: str = "") -> Iterator[None]:
    """Run a block that talks to the database. Raises ``ResourceExists``, ``StoreFailed`` or ``Unavailable``.

    The last is for a full disk: nothing is broken, and it works again once there is room.
    """
    try:
        yield
    except IntegrityError as error:
        raise ResourceExists(resource=resource) from error
    except SQLAlchemyError as error:
        if _disk_is_full(getattr(error, "orig", None)):
            raise Unavailable(reason="the disk of the database is full") from error
        raise StoreFailed(reason=type(error).__name__) from error


def _disk_is_full(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL or getattr(error, "sqlstate", "") == "53100"
