"""Keys for which something comes due: when the next one does, and which ones have."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bitting.core.model.key import Key
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import JobRun

BATCH = 20


def earliest(where: Mapping[str, object], field: str) -> Callable[[UnitOfWork], int | None]:
    """A query for the smallest non-zero value of a time field among keys that match; None without such a key."""

    def query(uow: UnitOfWork) -> int | None:
        found = uow.of(Key).find(where, order=field, after=0, limit=1)
        return int(getattr(found[0], field)) if found else None

    return query


def due(job_run: JobRun, where: Mapping[str, object], field: str) -> list[Key]:
    """Up to :data:`BATCH` keys that match and whose time has come, earliest first."""
    with job_run.gate.store.begin(write=False) as uow:
        found = uow.of(Key).find(where, order=field, after=0, limit=BATCH)
    return [key for key in found if getattr(key, field) <= job_run.now_ms]
