"""The arguments of ``find`` and ``count``, checked in one place for every store.

::

    where = {"ring": "r1", "state": (ENABLED, DISABLED)}
        -> (Condition("ring", ("r1",)), Condition("state", (ENABLED, DISABLED)))
    order, descending, offset, limit, after
        -> Page

Programming errors raise here (``ValueError`` for an unknown field, ``TypeError`` for a
value of the wrong type), before the store is touched. A value no store can hold simply matches nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bitting.core.faults import InvalidParameter
from bitting.core.ports import Except
from bitting.stores.fields import FieldType, storable
from bitting.stores.record_types import RecordShape

VALUES_MAX = 10_000  # of one field; both databases bound the number of parameters of a statement


@dataclass(frozen=True, slots=True)
class Condition:
    """The field equals one of ``values``; nothing does if there are none. ``negated``: it equals none of them."""

    field: str
    values: tuple[object, ...]
    negated: bool = False

    def holds(self, value: object) -> bool:
        """Whether a record with this value in the field matches."""
        return (value in self.values) is not self.negated


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the matches, in which order. Ties of ``order`` fall in the order of the id."""

    order: str
    descending: bool
    offset: int
    limit: int
    after: object


def conditions(shape: RecordShape, where: Mapping[str, object] | None) -> tuple[Condition, ...]:
    """Check a ``where``. Raises ``ValueError`` (unknown field, too many values) or ``TypeError``."""
    return tuple(_condition(_field(shape, name), value) for name, value in (where or {}).items())


def _condition(field: FieldType, value: object) -> Condition:
    negated = isinstance(value, Except)
    if isinstance(value, Except):
        value = value.values
    wanted = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    if len(wanted) > VALUES_MAX:
        message = f"more than {VALUES_MAX} values for field {field.name}"
        raise ValueError(message)
    for item in wanted:
        field.require_comparable(item)
    return Condition(field.name, tuple(item for item in wanted if storable(item)), negated)


def page(shape: RecordShape, order: str, offset: int, limit: int, after: object, *, descending: bool) -> Page:
    """Check a page. Raises ``ValueError``, ``TypeError``, or ``InvalidParameter`` for an ``after`` out of range."""
    field = _field(shape, order)
    if field.base is tuple:
        message = f"records have no order by {order}"
        raise ValueError(message)
    if offset < 0 or limit < 0:
        raise ValueError("offset and limit are not negative")
    if after is not None:
        field.require_comparable(after)
        if not storable(after):
            raise InvalidParameter(parameter=order, reason="range" if isinstance(after, int) else "format")
    return Page(order, descending, offset, limit, after)


def _field(shape: RecordShape, name: str) -> FieldType:
    try:
        return shape.fields[name]
    except KeyError:
        message = f"{shape.name} has no field {name}"
        raise ValueError(message) from None
