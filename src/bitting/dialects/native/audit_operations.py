"""The rows of the native API about the audit trail.

::

    GET audit                           state and counters of the worker that answers
    GET usage/of/{kind}/{name}          who used a key or secret, when last, how often
    GET usage/by/{principal}            what a principal used
"""

from __future__ import annotations

from bitting.core.usecases.operator import audit_admin
from bitting.dialects.base.operation import Operation
from bitting.dialects.native.rows import ID, AnyObject, field_in, row

OPERATIONS: tuple[Operation, ...] = (
    row("GET", "audit", audit_admin.trail_status, answer="audit", kind=AnyObject()),
    row(
        "GET", "usage/of/{kind}/{name}", audit_admin.uses_of,
        field_in("kind", ID), field_in("name", ID), answer="usage",
    ),
    row("GET", "usage/by/{principal}", audit_admin.uses_by, field_in("principal", ID), answer="usage"),
)  # fmt: skip
