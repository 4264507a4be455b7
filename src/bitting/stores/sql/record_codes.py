"""Authentication codes of the records that say who may do what.

::

    add, put ──> code(kind, id, fields) ──> record_codes          in the same unit of work
    get, find ──> the code that is there is the record's?  no, or none there: ``StoreFailed``

The code is a MAC under a key derived from the root key, so that somebody who can write the database and has no root key
cannot make an operator, give a user rights, or make a token. It does not tell an old record from a new one: somebody
who kept a record with its code can put both back.

A field that is empty is not in the code's text, so that a new field with an empty default leaves codes valid.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from sqlalchemy import CursorResult, Executable, bindparam, delete, insert, select, update

from bitting.core.faults import StoreFailed
from bitting.stores.record_types import RecordShape
from bitting.stores.sql.tables import record_codes

#: Kinds of records with a code, by the name of their class.
AUTHORITY = frozenset({
    "Account", "Project", "User", "AccessKey", "Token", "Operator", "UserStatement", "Role", "Assignment", "Group",
    "Membership", "AccessPolicy", "ApplicationAccessPoint", "ClientKey", "NetworkRule", "Instance", "Grant",
    "SecretGrant", "Switches",
})  # fmt: skip

Mac = Callable[[bytes], bytes]
_ONE = select(record_codes.c.code).where(record_codes.c.id == bindparam("b_id"))
_UPDATE = update(record_codes).where(record_codes.c.id == bindparam("b_id")).values(code=bindparam("b_code"))
_DELETE = delete(record_codes).where(record_codes.c.id == bindparam("b_id"))
_INSERT = insert(record_codes)


class Work(Protocol):
    """What a unit of work offers to execute statements."""

    def read(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """A query."""
        ...

    def change(self, statement: Executable, parameters: Any, *, resource: str) -> CursorResult[Any]:
        """A change."""
        ...


class RecordCodes:
    """Makes and checks codes. ``mac``: the MAC of a text; raises ``Unavailable`` while sealed."""

    def __init__(self, mac: Mac) -> None:
        self._mac = mac

    def write(self, work: Work, shape: RecordShape, record: Any) -> None:
        """The record was added or changed."""
        place, code = _place(shape, record), self._mac(_text(shape, record))
        if work.change(_UPDATE, {"b_id": place, "b_code": code}, resource=place).rowcount != 1:
            work.change(_INSERT, {"id": place, "code": code}, resource=place)

    def remove(self, work: Work, shape: RecordShape, record_id: str) -> None:
        """The record is gone."""
        place = f"{shape.name}/{record_id}"
        work.change(_DELETE, {"b_id": place}, resource=place)

    def check(self, work: Work, shape: RecordShape, records: Sequence[Any]) -> None:
        """Return if every record has its code. Raises ``StoreFailed`` with the kind and id of one that has not."""
        for record in records:
            place = _place(shape, record)
            code = work.read(_ONE, {"b_id": place}).scalar_one_or_none()
            if code is None or not hmac.compare_digest(bytes(code), self._mac(_text(shape, record))):
                raise StoreFailed(reason=f"the record {place} was not written by this service")


def _place(shape: RecordShape, record: Any) -> str:
    return f"{shape.name}/{getattr(record, shape.id_field)}"


def _text(shape: RecordShape, record: Any) -> bytes:
    held = {name: value for name in shape.fields if (value := getattr(record, name))}
    plain = {name: {"hex": value.hex()} if isinstance(value, bytes) else value for name, value in held.items()}
    return json.dumps([shape.name, plain], sort_keys=True, separators=(",", ":")).encode()
