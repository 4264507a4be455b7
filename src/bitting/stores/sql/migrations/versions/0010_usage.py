"""When and how often keys and secrets were used, and by whom.

Revision 0010, after 0006.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "usages",
        Column("id", TEXT, primary_key=True),
        *(Column(name, TEXT, nullable=False) for name in ("account_id", "object", "principal")),
        *(Column(name, BigInteger(), nullable=False) for name in ("first_ms", "last_ms", "count", "failed")),
        Column("networks", TEXT, nullable=False),
    )
    op.create_index("usages_object", "usages", ["object", "last_ms", "id"])
    op.create_index("usages_principal", "usages", ["principal", "last_ms", "id"])
