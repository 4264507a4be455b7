"""The table of uses, counted from the audit trail; :mod:`bitting.stores.sql.tables` has the rest and the rules."""

from __future__ import annotations

from sqlalchemy import Index, Table

from bitting.stores.sql.columns import identity, integers, text
from bitting.stores.sql.tables import METADATA

usages = Table(
    "usages",
    METADATA,
    identity(),
    *text("account_id", "object", "principal"),
    *integers("first_ms", "last_ms", "count", "failed"),
    *text("networks"),
)
Index("usages_object", usages.c.object, usages.c.last_ms, usages.c.id)
Index("usages_principal", usages.c.principal, usages.c.last_ms, usages.c.id)
