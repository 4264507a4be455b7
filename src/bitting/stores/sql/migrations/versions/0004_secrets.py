"""What is to be done later, and secrets.

Revision 0004, after 0002.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Column, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0002"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    _jobs()


def _jobs() -> None:
    op.create_table(
        "jobs",
        _id(),
        *_columns(TEXT, "kind", "subject"),
        *_columns(BigInteger(), "due_ms", "created_ms"),
        *_columns(TEXT, "payload"),
        *_columns(BigInteger(), "attempts"),
        *_columns(TEXT, "owner"),
        *_columns(BigInteger(), "lease_until_ms"),
        *_columns(TEXT, "error"),
    )
    op.create_index("jobs_due", "jobs", ["due_ms", "id"])


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
