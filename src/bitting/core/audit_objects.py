"""What a request is about and what it changed, for the audit trail; found without a line in any use case.

::

    named(use, command)     secret/db, user/9f.., from the names of the command's fields
    Watched(unit of work)   notes every record that a use case adds, puts or removes, with the fields that differ
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

from bitting.core.model.audit_event import AuditEvent, AuditNote
from bitting.core.model.identity import Principal
from bitting.core.ports import Collection, UnitOfWork
from bitting.core.use_case import RequestContext, UseCase

T = TypeVar("T")

#: More changes of one request than this are counted, not named.
CHANGES_MAX = 50
_TEXT_MAX = 256
#: Fields that end in ``_id`` and name nothing the request is about.
_NOT_OBJECTS = {"project_id", "network_id", "enterprise_project_id", "space_id", "cluster_id"}


@lru_cache(maxsize=1024)
def _plan(use: UseCase[Any, Any]) -> tuple[tuple[str, str], ...]:
    """(attribute of the command, kind of object) of what names something."""
    found = []
    for field in dataclasses.fields(use.command):
        name = field.name
        if name == "name" and not use.action.startswith("service:"):
            found.append((name, use.action.partition(":")[0]))
        elif name in {"id", "name"}:
            found.append((name, use.name.rpartition("_")[2]))
        elif name == "secret_name":
            found.append((name, "secret"))
        elif name.endswith("_id") and name not in _NOT_OBJECTS:
            found.append((name, name.removesuffix("_id")))
    return tuple(found)


def named(use: UseCase[Any, Any], command: Any) -> tuple[str, ...]:
    """``kind/id`` of everything the command names, keys aside."""
    plan = _plan(use)
    if not plan:
        return ()
    values = ((kind, getattr(command, name, None)) for name, kind in plan)
    return tuple(f"{kind}/{value[:_TEXT_MAX]}" for kind, value in values if isinstance(value, str) and value)


def note_caller(note: AuditNote, principal: Principal) -> None:
    """Note who asked."""
    note.account_id, note.principal = principal.account_id, principal.credential_id or principal.user_id


def note_use(
    note: AuditNote, use: UseCase[Any, Any], command: Any, principal: Principal, key_id: str, changed: tuple[str, ...]
) -> None:
    """Note one use case of a request: who, what action, which objects, what it changed."""
    note_caller(note, principal)
    note.action = use.action
    note.key_id = note.key_id or key_id
    if not use.hot or use.key is None:
        note.objects = tuple(dict.fromkeys((*note.objects, *named(use, command))))
    if changed:
        note.changed = (*note.changed, *changed)


def event_of(
    request_context: RequestContext, now_ms: int, outcome: str, status: int = 0, claimed: str = ""
) -> AuditEvent:
    """The record of a request, from what was noted of it."""
    note = request_context.note
    return AuditEvent(
        now_ms,
        request_context.request_id,
        request_context.dialect,
        request_context.operation,
        note.account_id,
        note.principal,
        request_context.source,
        note.key_id,
        outcome,
        "request",
        claimed,
        note.action,
        note.objects,
        note.key_version,
        request_context.user_agent,
        status,
        request_context.code,
        note.changed,
    )


class Watched:
    """A unit of work that remembers what was changed through it."""

    def __init__(self, inner: UnitOfWork) -> None:
        self._inner = inner
        self._collections: dict[type[Any], _WatchedCollection[Any]] = {}
        self._changes: dict[str, str] = {}

    def of(self, kind: type[T]) -> Collection[T]:
        """The collection, watched."""
        held = self._collections.get(kind)
        if held is None:
            held = self._collections[kind] = _WatchedCollection(self._inner.of(kind), kind.__name__.lower(), self)
        return held

    def next_number(self, sequence: str) -> int:
        """The next number of a sequence."""
        return self._inner.next_number(sequence)

    def note(self, thing: str, what: str) -> None:
        """``thing``: kind and id."""
        before = self._changes.get(thing, "")
        if before in {"", what} or what == "-":
            self._changes[thing] = what
        elif before != "+":
            self._changes[thing] = ",".join(dict.fromkeys((*before.split(","), *what.split(","))))

    @property
    def changed(self) -> tuple[str, ...]:
        """See :class:`bitting.core.model.audit_event.AuditEvent`."""
        every = [f"{thing}:{what}" for thing, what in self._changes.items()]
        more = len(every) - CHANGES_MAX
        return (*every[:CHANGES_MAX], f"more:{more}") if more > 0 else tuple(every)


class _WatchedCollection(Generic[T]):
    def __init__(self, inner: Collection[T], kind: str, watch: Watched) -> None:
        self._inner = inner
        self._kind = kind
        self._watch = watch
        self._seen: dict[str, T] = {}

    def get(self, record_id: str) -> T | None:
        found = self._inner.get(record_id)
        if found is not None:
            self._seen[record_id] = found
        return found

    def add(self, record: T) -> None:
        self._inner.add(record)
        self._watch.note(self._thing(_id(record)), "+")

    def put(self, record: T) -> None:
        record_id = _id(record)
        before = self._seen.get(record_id) or self._inner.get(record_id)
        self._inner.put(record)
        self._seen[record_id] = record
        if before is not None and (fields := _differences(before, record)):
            self._watch.note(self._thing(record_id), fields)

    def remove(self, record_id: str) -> bool:
        removed = self._inner.remove(record_id)
        if removed:
            self._watch.note(self._thing(record_id), "-")
        return removed

    def find(self, where: Mapping[str, object] | None = None, **how: Any) -> Sequence[T]:
        return self._inner.find(where, **how)

    def count(self, where: Mapping[str, object] | None = None) -> int:
        return self._inner.count(where)

    def _thing(self, record_id: str) -> str:
        return f"{self._kind}/{record_id[:_TEXT_MAX]}"


def _id(record: Any) -> str:
    return str(getattr(record, dataclasses.fields(record)[0].name))


def _differences(before: Any, after: Any) -> str:
    names = (field.name for field in dataclasses.fields(after))
    return ",".join(name for name in names if getattr(before, name) != getattr(after, name))
