"""The rows of the native API about authority: why something is allowed, and the operator's own token.

::

    POST accounts/{account_id}/explain   {principal, action, resource, context}
    POST operator-token                  {digest}
"""

from __future__ import annotations

from bitting.core.usecases.iam import explanations, operators
from bitting.dialects.base.codecs import Integer, Text
from bitting.dialects.base.operation import Field, Operation, Record
from bitting.dialects.native.rows import ID, NAME, AnyObject, field_in, row

#: What is shown of an operator: not the digest of the token.
_OPERATOR = Record(Field("name", Text(), of="name"), Field("created_ms", Integer(0, 1 << 53), of="created_ms"))

OPERATIONS: tuple[Operation, ...] = (
    row(
        "POST", "accounts/{account_id}/explain", explanations.explain, field_in("account_id", ID),
        field_in("principal", ID), field_in("action", NAME), field_in("resource", Text(0, 600), required=False),
        field_in("context", AnyObject(), required=False), answer="explanation",
    ),
    row(
        "POST", "operator-token", operators.rotate_token, field_in("digest", ID), answer="operator", kind=_OPERATOR,
    ),
)  # fmt: skip
