"""The tables of tags and of imports under way; :mod:`bitting.stores.sql.tables` has the rest and the rules.

::

    tags               labels of keys, secrets, certificates
    import_tickets     wrapping pairs handed out, until they expire
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from bitting.stores.sql.columns import identity, integers, octets, text
from bitting.stores.sql.tables import METADATA

tags = Table(
    "tags",
    METADATA,
    identity(),
    *text("ring", "kind", "resource_id", "key", "value"),
    *integers("created_ms"),
)
# By resource (also in the order of ids), and by what is looked for.
Index("tags_resource", tags.c.ring, tags.c.kind, tags.c.resource_id, tags.c.id)
Index("tags_key_value", tags.c.ring, tags.c.kind, tags.c.key, tags.c.value, tags.c.id)

import_tickets = Table(
    "import_tickets",
    METADATA,
    identity(),
    *text("key_id", "algorithm"),
    *octets("wrapped"),
    *integers("created_ms", "expires_ms"),
)
Index("import_tickets_key", import_tickets.c.key_id, import_tickets.c.created_ms, import_tickets.c.id)
Index("import_tickets_expires", import_tickets.c.expires_ms, import_tickets.c.id)
