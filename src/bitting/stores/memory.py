"""MemoryStore: a complete store in the memory of one process. Nothing survives the process.

::

    MemoryStore ── _state ──> State (never changed once it is the store's)
                                tables: record class -> Table(records by id, taken unique values)
                                sequences
    begin(write=False)  reads the State of that moment
    begin(write=True)   one at a time; copies a Table before its first change to it;
                        commit = one assignment of a new State, rollback = forgetting it

Records are frozen dataclasses, so a table can hand them out without copying.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar, cast

from bitting.core.faults import ResourceExists, ResourceNotFound, StoreFailed
from bitting.core.ports import Change, Collection, Store, UnitOfWork
from bitting.stores.query import conditions, page
from bitting.stores.record_types import RecordShape, shapes

T = TypeVar("T")
Taken = tuple[int, tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Table:
    """The records of one kind by id, and which id holds each unique combination of values."""

    records: dict[str, Any] = field(default_factory=dict)
    taken: dict[Taken, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class State:
    """The committed state at one moment."""

    tables: Mapping[type[Any], Table]
    sequences: Mapping[str, int]


class MemoryCollection(Generic[T]):
    """A :class:`bitting.core.ports.Collection` inside one unit of work."""

    def __init__(self, work: MemoryUnitOfWork, shape: RecordShape) -> None:
        self._work = work
        self._shape = shape

    def get(self, record_id: str) -> T | None:
        """As in the port."""
        return cast("T | None", self._work.table(self._shape).records.get(record_id))

    def add(self, record: T) -> None:
        """As in the port. Raises ``InvalidParameter`` for a value no store can hold."""
        self._shape.require_valid(record)
        table = self._work.table_to_change(self._shape)
        record_id = self._id(record)
        if record_id in table.records:
            raise ResourceExists(resource=record_id)
        self._reserve(table, record_id, record)
        table.records[record_id] = record
        self._work.touch(self._shape, record_id)

    def put(self, record: T) -> None:
        """As in the port. Raises ``ResourceExists`` if it would take another record's unique values."""
        self._shape.require_valid(record)
        table = self._work.table_to_change(self._shape)
        record_id = self._id(record)
        former = table.records.get(record_id)
        if former is None:
            raise ResourceNotFound(resource=record_id)
        self._reserve(table, record_id, record, former)
        table.records[record_id] = record
        self._work.touch(self._shape, record_id)

    def remove(self, record_id: str) -> bool:
        """As in the port."""
        table = self._work.table_to_change(self._shape)
        record = table.records.pop(record_id, None)
        if record is None:
            return False
        for combination in self._combinations(record):
            table.taken.pop(combination, None)
        self._work.touch(self._shape, record_id)
        return True

    def find(
        self,
        where: Mapping[str, object] | None = None,
        *,
        order: str = "id",
        descending: bool = False,
        offset: int = 0,
        limit: int = 1000,
        after: Any = None,
    ) -> Sequence[T]:
        """As in the port. Raises ``ValueError`` for an unknown field."""
        part = page(self._shape, order, offset, limit, after, descending=descending)
        found = self._matching(where)
        if after is not None:
            found = [r for r in found if (getattr(r, order) < after if descending else getattr(r, order) > after)]
        found.sort(key=lambda record: (getattr(record, order), self._id(record)), reverse=descending)
        return found[part.offset : part.offset + part.limit]

    def count(self, where: Mapping[str, object] | None = None) -> int:
        """As in the port. Raises ``ValueError`` for an unknown field."""
        return len(self._matching(where))

    def _matching(self, where: Mapping[str, object] | None) -> list[T]:
        wanted = conditions(self._shape, where)
        records = self._work.table(self._shape).records.values()
        return [record for record in records if all(c.holds(getattr(record, c.field)) for c in wanted)]

    def _id(self, record: object) -> str:
        return str(getattr(record, self._shape.id_field))

    def _combinations(self, record: object) -> list[Taken]:
        return [
            (number, tuple(getattr(record, name) for name in rule.fields))
            for number, rule in enumerate(self._shape.kind.unique)
            if not rule.unless_empty or getattr(record, rule.unless_empty) != ""
        ]

    def _reserve(self, table: Table, record_id: str, record: object, former: object | None = None) -> None:
        combinations = self._combinations(record)
        if any(table.taken.get(combination, record_id) != record_id for combination in combinations):
            raise ResourceExists(resource=record_id)
        for combination in self._combinations(former) if former is not None else ():
            table.taken.pop(combination, None)
        for combination in combinations:
            table.taken[combination] = record_id


class MemoryUnitOfWork:
    """A :class:`bitting.core.ports.UnitOfWork` over the state of one moment and its own changes to it."""

    def __init__(self, state: State, kinds: Mapping[type[Any], RecordShape], *, write: bool) -> None:
        self._kinds = kinds
        self._write = write
        self._open = True
        self._tables = dict(state.tables)
        self._sequences = dict(state.sequences)
        self._copied: set[type[Any]] = set()
        self._touched: dict[tuple[str, str], None] = {}

    def of(self, kind: type[T]) -> Collection[T]:
        """As in the port. Raises ``ValueError`` for a class that is not a stored kind."""
        if kind not in self._kinds:
            message = f"{kind.__name__} is not stored"
            raise ValueError(message)
        return MemoryCollection(self, self._kinds[kind])

    def next_number(self, sequence: str) -> int:
        """As in the port."""
        self._require(write=True)
        self._sequences[sequence] = self._sequences.get(sequence, 0) + 1
        return self._sequences[sequence]

    def table(self, shape: RecordShape) -> Table:
        """The table to read. Raises ``RuntimeError`` after the unit of work has ended."""
        self._require(write=False)
        return self._tables.get(shape.kind.record) or Table()

    def table_to_change(self, shape: RecordShape) -> Table:
        """This unit of work's own copy. Raises ``RuntimeError`` if it is ended or only reads."""
        self._require(write=True)
        record = shape.kind.record
        if record not in self._copied:
            former = self._tables.get(record, Table())
            self._tables[record] = replace(former, records=dict(former.records), taken=dict(former.taken))
            self._copied.add(record)
        return self._tables[record]

    def touch(self, shape: RecordShape, record_id: str) -> None:
        """Remember for the change log that this record changed."""
        self._touched[shape.name, record_id] = None

    def finish(self) -> tuple[State, list[Change]]:
        """End: the new state and what was touched."""
        self._open = False
        return State(self._tables, self._sequences), [Change(*touched) for touched in self._touched]

    def abandon(self) -> None:
        """End without a result."""
        self._open = False

    def _require(self, *, write: bool) -> None:
        if not self._open:
            raise RuntimeError("this unit of work has ended")
        if write and not self._write:
            raise RuntimeError("this unit of work only reads")


class MemoryStore(Store):
    """Records in memory, shared by the threads of one process.

    ``changes_kept``: how many changes the log remembers. ``busy_ms``: how long a writer waits for another
    before it raises ``StoreFailed``.
    """

    def __init__(self, *, changes_kept: int = 100_000, busy_ms: int = 10_000) -> None:
        self._kinds = shapes()
        self._state = State({}, {})
        self._writing = threading.Lock()
        self._logging = threading.Lock()
        self._log: deque[Change] = deque(maxlen=changes_kept)
        self._position = 1
        self._busy_s = busy_ms / 1000

    @contextmanager
    def begin(self, *, write: bool) -> Iterator[UnitOfWork]:
        """As in the port."""
        if not write:
            yield from self._run(MemoryUnitOfWork(self._state, self._kinds, write=False))
            return
        if not self._writing.acquire(timeout=self._busy_s):
            raise StoreFailed(reason="another writer did not finish in time")
        try:
            work = MemoryUnitOfWork(self._state, self._kinds, write=True)
            yield from self._run(work)
            self._commit(work)
        finally:
            self._writing.release()

    def _run(self, work: MemoryUnitOfWork) -> Iterator[UnitOfWork]:
        try:
            yield work
        finally:
            work.abandon()

    def _commit(self, work: MemoryUnitOfWork) -> None:
        state, changes = work.finish()
        with self._logging:
            self._state = state
            self._log.extend(changes)
            self._position += len(changes)

    def poll(self) -> int:
        """As in the port: the position, which moves with every commit that touched a record."""
        return self._position

    def changes_since(self, position: int) -> tuple[int, Sequence[Change] | None]:
        """As in the port. Position 1 is the empty log, so that 0 stays free for "the present only"."""
        with self._logging:
            missed = self._position - position
            if position <= 0 or not 0 <= missed <= len(self._log):
                return self._position, None
            return self._position, list(self._log)[len(self._log) - missed :]

    def close(self) -> None:
        """Nothing to release; the records stay as long as the object."""
