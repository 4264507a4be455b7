"""The record store: transactions over collections, one collection per record type.

::

    Store ── begin() ──> UnitOfWork ──> Collection[T]
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Except:
    """In a ``where``: the field equals none of these."""

    values: tuple[object, ...]


class Collection(Protocol[T]):
    """All stored records of one type, seen inside one unit of work. ``id`` is the record's first field."""

    def get(self, record_id: str) -> T | None:
        """The record, or None."""
        ...

    def add(self, record: T) -> None:
        """Insert. Raises ``ResourceExists`` if the id, or a unique combination of fields, is taken."""
        ...

    def put(self, record: T) -> None:
        """Replace the record of the same id. Raises ``ResourceNotFound`` if there is none."""
        ...

    def remove(self, record_id: str) -> bool:
        """Delete. True if it was there."""
        ...

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
        """Records whose fields equal ``where``, ordered by one field.

        A tuple or list value: any of these; :class:`Except`: none of these.

        ``after``: only records whose ``order`` field is greater (less, if descending). At most ``limit``.
        """
        ...

    def count(self, where: Mapping[str, object] | None = None) -> int:
        """How many records match."""
        ...


class UnitOfWork(Protocol):
    """One transaction. Leaving it without an exception commits; the commit is durable when it returns."""

    def of(self, kind: type[T]) -> Collection[T]:
        """The collection of records of class ``kind``."""
        ...

    def next_number(self, sequence: str) -> int:
        """The next integer (from 1) of a named sequence; gaps may appear after failures."""
        ...


@dataclass(frozen=True, slots=True)
class Change:
    """A change made by a committed unit of work: collection name and record id."""

    kind: str
    record_id: str


class Store(Protocol):
    """The record store. Shared by threads; by processes too, except the memory store."""

    def begin(self, *, write: bool) -> AbstractContextManager[UnitOfWork]:
        """Open a unit of work. Writers exclude each other; readers see one consistent state.

        Raises ``StoreFailed`` if the store cannot read or write.
        """
        ...

    def poll(self) -> int:
        """A number that differs from the last call's if anything may have been committed since, by anyone.

        Costs microseconds: it is called for every hot request. Raises ``Unavailable`` if freshness
        cannot be confirmed.
        """
        ...

    def changes_since(self, position: int) -> tuple[int, Sequence[Change] | None]:
        """(new position, what changed after ``position``); None instead of a list if that is too long ago.

        Position 0 asks for the present position only: the changes are then None.
        """
        ...

    def close(self) -> None:
        """Release connections. Nothing committed is lost."""
        ...
