"""The rows of the native API about access points and client keys.

::

    GET    accounts/{account_id}/access-points
    GET    accounts/{account_id}/client-keys
    POST   accounts/{account_id}/client-keys     {password, access_point, resources, networks} -> file, shown once
    DELETE client-keys/{client_key_id}
"""

from __future__ import annotations

from bitting.core.usecases.access import client_key_setup as desk
from bitting.dialects.base.codecs import Integer, Items, Text
from bitting.dialects.base.operation import Field, Operation, Record
from bitting.dialects.native.rows import ID, NAME, field_in, row

_MOMENT = Integer(0, 1 << 53)
_WORDS = Items(Text(1, 256), 0, desk.RESOURCES_MAX)
_TEXT = Text()
#: What is shown of a client key: the public half is of no use to anybody here.
_CLIENT_KEY = (
    Field("id", _TEXT, of="id"),
    Field("account_id", _TEXT, of="account_id"),
    Field("access_point", _TEXT, of="access_point"),
    Field("not_before_ms", _MOMENT, of="not_before_ms"),
    Field("not_after_ms", _MOMENT, of="not_after_ms"),
    Field("created_ms", _MOMENT, of="created_ms"),
)
_ISSUED = Record(
    *(Field(item.name, item.kind, of=f"record.{item.of}") for item in _CLIENT_KEY),
    Field("private_key_data", _TEXT, of="private_key_data"),
)

OPERATIONS: tuple[Operation, ...] = (
    row(
        "GET", "accounts/{account_id}/access-points", desk.list_access_points, field_in("account_id", ID),
        answer="access_points",
    ),
    row(
        "GET", "accounts/{account_id}/client-keys", desk.list_client_keys, field_in("account_id", ID),
        answer="client_keys", kind=Items(Record(*_CLIENT_KEY)),
    ),
    row(
        "POST", "accounts/{account_id}/client-keys", desk.set_up,
        field_in("account_id", ID), field_in("password", Text(1, 128)), field_in("access_point", NAME, required=False),
        field_in("resources", _WORDS, required=False), field_in("networks", _WORDS, required=False),
        field_in("not_before_ms", _MOMENT, required=False), field_in("not_after_ms", _MOMENT, required=False),
        answer="client_key", kind=_ISSUED, ok=201,
    ),
    row(
        "DELETE", "client-keys/{client_key_id}", desk.revoke, field_in("client_key_id", ID),
        answer="client_key", kind=Record(*_CLIENT_KEY),
    ),
)  # fmt: skip
