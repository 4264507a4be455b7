"""Record <-> row, driven by the dataclass's field types, and the statements every table needs.

::

    StrEnum      -> its text           -> StrEnum
    tuple[str]   -> JSON array, text   -> tuple[str]
    str, int, bool, bytes              as they are

A column for every field and a field for every column, or the program does not start.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, delete, exists, false, func, select, true, update
from sqlalchemy.sql.dml import Delete, Insert, Update

from bitting.core.faults import StoreFailed
from bitting.stores.fields import FieldType
from bitting.stores.query import Condition, Page
from bitting.stores.record_types import RecordShape, UniqueRule, shapes
from bitting.stores.sql import tables_access, tables_grants, tables_imports, tables_secrets, tables_usage  # noqa: F401 - their tables are part of METADATA
from bitting.stores.sql.tables import METADATA

T = TypeVar("T")
Convert = Callable[[Any], Any]


class MappedTable(Generic[T]):
    """A record type and its table, with prepared statements.

    ``insert``: the database's own insert statement, because "on conflict do nothing" is not standard SQL.
    """

    def __init__(self, shape: RecordShape, insert: Callable[[Table], Insert]) -> None:
        self.shape = shape
        self.table = METADATA.tables[shape.kind.table]
        if set(self.table.c.keys()) != set(shape.fields):
            message = f"table {self.table.name} does not have the fields of {shape.name}"
            raise TypeError(message)
        self._columns = [self.table.c[name] for name in shape.fields]
        self._encoders = {name: encoder(field) for name, field in shape.fields.items()}
        self._decoders = [decoder(field) for field in shape.fields.values()]
        self._partial = {rule.unless_empty for rule in shape.kind.unique}
        self._values = attrgetter(*shape.fields)
        id_column = self.table.c[shape.id_field]
        self.select_one: Select[Any] = select(*self._columns).where(id_column == bindparam("where_id"))
        # some drivers forget how many rows an insert wrote when its cursor closes: keep the number
        self.insert_one = insert(self.table).execution_options(preserve_rowcount=True)
        self.update_one = self._update_one(id_column)
        self.delete_one: Delete = delete(self.table).where(id_column == bindparam("where_id"))

    def _update_one(self, id_column: ColumnElement[Any]) -> Update:
        statement = update(self.table).where(id_column == bindparam("where_id"))
        for rule in self.shape.kind.unique:
            statement = statement.where(~self._unique_conflict(rule))
        return statement

    def _unique_conflict(self, rule: UniqueRule) -> ColumnElement[bool]:
        """Whether another record holds the new record's unique values. Writers exclude each other: no race."""
        other = self.table.alias()
        same = [other.c[name] == bindparam(f"where_{name}") for name in rule.fields]
        if rule.unless_empty:
            same.append(other.c[rule.unless_empty] != "")
        return exists().where(other.c[self.shape.id_field] != bindparam("where_id"), *same)

    def record_id(self, record: T) -> str:
        """The record's id."""
        return cast("str", getattr(record, self.shape.id_field))

    def row(self, record: T) -> dict[str, Any]:
        """The parameters that insert this record."""
        names_and_encoders = self._encoders.items()
        return {
            name: value if encode is None else encode(value)
            for (name, encode), value in zip(names_and_encoders, self._values(record), strict=True)
        }

    def update_parameters(self, record: T) -> dict[str, Any]:
        """The parameters of ``update_one``: the row, and what its conditions compare."""
        row = self.row(record)
        unique = {f"where_{name}": row[name] for rule in self.shape.kind.unique for name in rule.fields}
        record_id = row.pop(self.shape.id_field)
        return {**row, **unique, "where_id": record_id}

    def record(self, row: Sequence[Any]) -> T:
        """The record of a row. Raises ``StoreFailed`` if the row has values unknown to this program."""
        try:
            values = [v if decode is None else decode(v) for v, decode in zip(row, self._decoders, strict=True)]
            return cast("T", self.shape.kind.record(*values))
        except (ValueError, TypeError, KeyError) as error:
            raise StoreFailed(reason=f"unreadable row in {self.table.name}") from error

    def select_page(self, wanted: Sequence[Condition], page: Page) -> Select[Any]:
        """The statement of ``find``."""
        column = self.table.c[page.order]
        ordering = [column] if page.order == self.shape.id_field else [column, self.table.c[self.shape.id_field]]
        statement = select(*self._columns).where(*map(self._condition, wanted))
        if page.after is not None:
            after = self._encode(page.order, page.after)
            statement = statement.where(column < after if page.descending else column > after)
        statement = statement.order_by(*(c.desc() if page.descending else c for c in ordering)).limit(page.limit)
        return statement.offset(page.offset) if page.offset else statement

    def select_count(self, wanted: Sequence[Condition]) -> Select[Any]:
        """The statement of ``count``."""
        return select(func.count()).select_from(self.table).where(*map(self._condition, wanted))

    def _condition(self, condition: Condition) -> ColumnElement[bool]:
        column = self.table.c[condition.field]
        values = [self._encode(condition.field, value) for value in condition.values]
        if condition.negated:
            return column.not_in(values) if values else true()
        if not values:
            return false()
        equals = column == values[0] if len(values) == 1 else column.in_(values)
        # explicit, or the partial index that leaves out empty values cannot be used
        return and_(equals, column != "") if column.name in self._partial and "" not in values else equals

    def _encode(self, name: str, value: Any) -> Any:
        encode = self._encoders[name]
        return value if encode is None else encode(value)


def encoder(field: FieldType) -> Convert | None:
    """How a field's value goes into its column; None for "as it is"."""
    if issubclass(field.base, str):
        return str  # plain text also where the caller used an enum: drivers treat enums in their own ways
    if field.base is tuple:
        return _to_json
    return None


def decoder(field: FieldType) -> Convert | None:
    """How a column's value becomes the field's; None for "as it is"."""
    if issubclass(field.base, StrEnum):
        return {str(member): member for member in field.base}.__getitem__
    if field.base is tuple:
        return _from_json
    return None


def _to_json(items: tuple[str, ...]) -> str:
    return json.dumps(items, separators=(",", ":"))


def _from_json(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def mapped_tables(insert: Callable[[Table], Insert]) -> Mapping[type[Any], MappedTable[Any]]:
    """The mapping of every record type, by record class."""
    return {record: MappedTable(shape, insert) for record, shape in shapes().items()}
