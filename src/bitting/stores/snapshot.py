"""Snapshots: all records of a store, to restore later. For developer mode; not a backup.

::

    take(store) -> Snapshot          restore(store, snapshot): one unit of work that touches only what differs
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bitting.core.model.service import DevClock, FaultRule
from bitting.core.ports import Collection, Store
from bitting.stores.record_types import KINDS

#: Record class -> id -> record.
Snapshot = dict[type[Any], dict[str, Any]]

_PAGE = 1000
_FLEETING = (FaultRule, DevClock)


def take(store: Store) -> Snapshot:
    """Every record but the developer's rules and clock, seen in one state."""
    with store.begin(write=False) as uow:
        return {kind.record: dict(_all(uow.of(kind.record))) for kind in KINDS if kind.record not in _FLEETING}


def restore(store: Store, snapshot: Snapshot) -> None:
    """Make the store hold exactly the snapshot, and no rule and no moved clock."""
    with store.begin(write=True) as uow:
        for kind in KINDS:
            _restore(uow.of(kind.record), snapshot.get(kind.record, {}))


def delete_developer_state(store: Store) -> None:
    """Drop the developer's rules and clock: they do not outlive the process."""
    with store.begin(write=True) as uow:
        for kind in _FLEETING:
            _restore(uow.of(kind), {})


def _restore(collection: Collection[Any], wanted: dict[str, Any]) -> None:
    stored = dict(_all(collection))
    for record_id in stored.keys() - wanted.keys():
        collection.remove(record_id)
    for record_id, record in wanted.items():
        if record_id not in stored:
            collection.add(record)
        elif stored[record_id] != record:
            collection.put(record)


def _all(collection: Collection[Any]) -> Iterator[tuple[str, Any]]:
    after: str | None = None
    while page := collection.find(limit=_PAGE, after=after):
        yield from ((record.id, record) for record in page)
        after = page[-1].id
