"""The tables of jobs and secrets; :mod:`bitting.stores.sql.tables` has the rest and the rules.

::

    jobs    what is to be done later
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from bitting.stores.sql.columns import identity, integers, text
from bitting.stores.sql.tables import METADATA

jobs = Table(
    "jobs",
    METADATA,
    identity(),
    *text("kind", "subject"),
    *integers("due_ms", "created_ms"),
    *text("payload"),
    *integers("attempts"),
    *text("owner"),
    *integers("lease_until_ms"),
    *text("error"),
)
Index("jobs_due", jobs.c.due_ms, jobs.c.id)
