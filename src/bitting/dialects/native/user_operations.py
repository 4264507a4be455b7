"""The rows of the native API about users, their statements, key store instances, managed data keys.

::

    POST   accounts/{account_id}/users                           {name}
    GET    accounts/{account_id}/users/{user_name}/statements
    POST   accounts/{account_id}/users/{user_name}/statements    {actions, resources, deny, conditions}
    DELETE statements/{statement_id}
    POST   accounts/{account_id}/instances                       {name, expires_ms}
    POST   accounts/{account_id}/data-keys                       {name, key_id}
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from bitting.core.model.identity import Condition
from bitting.core.usecases.crypto import managed_data_keys
from bitting.core.usecases.iam import user_statements
from bitting.core.usecases.instances import instances
from bitting.dialects.base.codecs import Flag, Integer, InvalidWireValue, Items, Text
from bitting.dialects.base.operation import Field, Operation, Record
from bitting.dialects.native.rows import ID, NAME, field_in, row


class Conditions:
    """``{operator: {key: [value, ...]}}``, as conditions."""

    def decode(self, raw: Any) -> tuple[Condition, ...]:
        """The conditions. Raises ``InvalidWireValue``; the use case looks at what they say."""
        made = []
        for operator, tests in _items(raw):
            for key, values in _items(tests):
                if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
                    raise InvalidWireValue("type")
                made.append(Condition(operator, key, tuple(values)))
        return tuple(made)

    def encode(self, value: Any) -> Any:
        """Never shown this way: an answer shows the statement's record."""
        return value


def _items(raw: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(raw, dict) or not raw:
        raise InvalidWireValue("type")
    return raw.items()


_ACCOUNT, _USER = field_in("account_id", ID), field_in("user_name", NAME)
_PATTERNS = Items(Text(1, 256), 1, 100)
#: What is shown of a managed data key: not what seals it.
_DATA_KEY = Record(
    Field("id", Text(), of="id"), Field("name", Text(), of="name"), Field("number", Integer(0, 1 << 53), of="number"),
    Field("key_id", Text(), of="key_id"),
)  # fmt: skip
_STATEMENTS = "accounts/{account_id}/users/{user_name}/statements"

OPERATIONS: tuple[Operation, ...] = (
    row(
        "POST", "accounts/{account_id}/users", user_statements.create_user, _ACCOUNT, field_in("name", NAME),
        answer="user", ok=201,
    ),
    row("GET", _STATEMENTS, user_statements.statements_of, _ACCOUNT, _USER, answer="statements"),
    row(
        "POST", _STATEMENTS, user_statements.add_statement, _ACCOUNT, _USER, field_in("actions", _PATTERNS),
        field_in("resources", _PATTERNS, required=False), field_in("deny", Flag(), required=False),
        field_in("conditions", Conditions(), required=False),
        answer="statement", ok=201,
    ),
    row(
        "DELETE", "statements/{statement_id}", user_statements.delete_statement, field_in("statement_id", ID),
        answer="statement",
    ),
    row(
        "POST", "accounts/{account_id}/instances", instances.create, _ACCOUNT, field_in("name", NAME),
        field_in("expires_ms", Integer(0, 1 << 53), required=False), answer="instance", ok=201,
    ),
    row(
        "POST", "accounts/{account_id}/data-keys", managed_data_keys.store_version, _ACCOUNT, field_in("name", NAME),
        field_in("key_id", ID), answer="data_key", kind=_DATA_KEY, ok=201,
    ),
)  # fmt: skip
