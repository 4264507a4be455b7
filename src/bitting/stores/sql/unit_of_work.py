"""A unit of work on one connection, and the collections seen through it.

::

    SqlUnitOfWork ── run() ──> connection        the one place where statements are executed
        of(Key) ──> SqlCollection                record -> statement of mapping.py -> record
        touched ──> change_log                      what the change log will say of this commit

A conflict that a use case may expect (an id or a name is taken) is found without an error of the database:
in PostgreSQL an error ends the transaction, and the use case may want to go on. After any other error the
unit of work is broken: it refuses to continue and to commit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable

from bitting.core.faults import ResourceExists, ResourceNotFound, StoreFailed
from bitting.core.ports import Collection
from bitting.stores.fields import storable
from bitting.stores.query import conditions, page
from bitting.stores.sql.driver_errors import translate_errors
from bitting.stores.sql.mapping import MappedTable
from bitting.stores.sql.record_codes import AUTHORITY, RecordCodes

T = TypeVar("T")


class SqlUnitOfWork:
    """A :class:`bitting.core.ports.UnitOfWork` over one open transaction."""

    def __init__(
        self,
        connection: Connection,
        kinds: Mapping[type[Any], MappedTable[Any]],
        count_up: Executable,
        *,
        write: bool,
        codes: RecordCodes | None = None,
    ) -> None:
        self.codes = codes
        self.touched: dict[tuple[str, str], None] = {}
        self._connection = connection
        self._kinds = kinds
        self._count_up = count_up
        self._write = write
        self._open = True
        self._spoilt = False

    def of(self, kind: type[T]) -> Collection[T]:
        """As in the port. Raises ``ValueError`` for a class that is not a stored kind."""
        if kind not in self._kinds:
            message = f"{kind.__name__} is not stored"
            raise ValueError(message)
        return SqlCollection(self, self._kinds[kind])

    def next_number(self, sequence: str) -> int:
        """As in the port. The number is taken back if the unit of work fails."""
        return int(self.change(self._count_up, {"name": sequence, "value": 1}, resource=sequence).scalar_one())

    def read(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> CursorResult[Any]:
        """Execute a query. Raises ``StoreFailed``; ``RuntimeError`` after the unit of work has ended."""
        return self._run(statement, parameters, "")

    def change(self, statement: Executable, parameters: Mapping[str, Any], *, resource: str) -> CursorResult[Any]:
        """Execute a change. Raises as :meth:`read`, and ``RuntimeError`` in a unit of work that only reads."""
        if not self._write:
            raise RuntimeError("this unit of work only reads")
        return self._run(statement, parameters, resource)

    def end(self) -> None:
        """Before the commit. Raises ``StoreFailed`` if a statement has failed: there is nothing whole to commit."""
        self._open = False
        if self._spoilt:
            raise StoreFailed(reason="a statement of this unit of work failed")

    def abandon(self) -> None:
        """Before the rollback."""
        self._open = False

    def _run(self, statement: Executable, parameters: Mapping[str, Any] | None, resource: str) -> CursorResult[Any]:
        if not self._open:
            raise RuntimeError("this unit of work has ended")
        if self._spoilt:
            raise StoreFailed(reason="an earlier statement of this unit of work failed")
        self._spoilt = True  # until the statement has succeeded
        with translate_errors(resource):
            result = self._connection.execute(statement, parameters)
        self._spoilt = False
        return result


class SqlCollection(Generic[T]):
    """A :class:`bitting.core.ports.Collection` inside one unit of work."""

    def __init__(self, work: SqlUnitOfWork, mapped: MappedTable[T]) -> None:
        self._work = work
        self._mapped = mapped
        self._shape = mapped.shape
        self._codes = work.codes if mapped.shape.name in AUTHORITY else None

    def get(self, record_id: str) -> T | None:
        """As in the port."""
        if not storable(record_id):
            return None
        row = self._work.read(self._mapped.select_one, {"where_id": record_id}).first()
        return None if row is None else self._checked([self._mapped.record(row)])[0]

    def add(self, record: T) -> None:
        """As in the port. Raises ``InvalidParameter`` for a value no store can hold."""
        self._shape.require_valid(record)
        record_id = self._mapped.record_id(record)
        row = self._mapped.row(record)
        if self._work.change(self._mapped.insert_one, row, resource=record_id).rowcount != 1:
            raise ResourceExists(resource=record_id)
        self._written(record_id, record)

    def put(self, record: T) -> None:
        """As in the port. Raises ``ResourceExists`` if it would take another record's unique values."""
        self._shape.require_valid(record)
        record_id = self._mapped.record_id(record)
        parameters = self._mapped.update_parameters(record)
        if self._work.change(self._mapped.update_one, parameters, resource=record_id).rowcount != 1:
            raise (ResourceNotFound if self.get(record_id) is None else ResourceExists)(resource=record_id)
        self._written(record_id, record)

    def remove(self, record_id: str) -> bool:
        """As in the port."""
        parameters = {"where_id": record_id if storable(record_id) else ""}
        if self._work.change(self._mapped.delete_one, parameters, resource=record_id).rowcount != 1:
            return False
        if self._codes is not None:
            self._codes.remove(self._work, self._shape, record_id)
        self._touch(record_id)
        return True

    def find(
        self,
        where: Mapping[str, object] | None = None,
        *,
        order: str = "id",
        descending: bool = False,
        offset: int = 0,
        limit: int = 1000,
        after: object = None,
    ) -> Sequence[T]:
        """As in the port. Raises ``ValueError`` for an unknown field."""
        part = page(self._shape, order, offset, limit, after, descending=descending)
        rows = self._work.read(self._mapped.select_page(conditions(self._shape, where), part))
        return self._checked([self._mapped.record(row) for row in rows])

    def count(self, where: Mapping[str, object] | None = None) -> int:
        """As in the port. Raises ``ValueError`` for an unknown field."""
        return cast("int", self._work.read(self._mapped.select_count(conditions(self._shape, where))).scalar_one())

    def _checked(self, records: list[T]) -> list[T]:
        if self._codes is not None:
            self._codes.check(self._work, self._shape, records)
        return records

    def _written(self, record_id: str, record: T) -> None:
        if self._codes is not None:
            self._codes.write(self._work, self._shape, record)
        self._touch(record_id)

    def _touch(self, record_id: str) -> None:
        self._work.touched[self._shape.name, record_id] = None
