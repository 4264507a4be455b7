"""Database exceptions as faults, with the cause chained for the log.

::

    IntegrityError          -> ResourceExists   (a unique index refused it)
    every other error of it -> StoreFailed
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bitting.core.faults import ResourceExists, StoreFailed


@contextmanager
def translate_errors(resource: str = "") -> Iterator[None]:
    """Run a block that talks to the database. Raises ``ResourceExists`` or ``StoreFailed``."""
    try:
        yield
    except IntegrityError as error:
        raise ResourceExists(resource=resource) from error
    except SQLAlchemyError as error:
        raise StoreFailed(reason=type(error).__name__) from error
