"""Tags, and imports under way.

Revision 0003, after 0002.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0003"
down_revision = "0002"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "tags",
        _id(),
        *_columns(TEXT, "ring", "kind", "resource_id", "key", "value"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("tags_resource", "tags", ["ring", "kind", "resource_id", "id"])
    op.create_index("tags_key_value", "tags", ["ring", "kind", "key", "value", "id"])
    op.create_table(
        "import_tickets",
        _id(),
        *_columns(TEXT, "key_id", "algorithm"),
        *_columns(LargeBinary(), "wrapped"),
        *_columns(BigInteger(), "created_ms", "expires_ms"),
    )
    op.create_index("import_tickets_key", "import_tickets", ["key_id", "created_ms", "id"])
    op.create_index("import_tickets_expires", "import_tickets", ["expires_ms", "id"])


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
