"""What the identity API keeps about a user for its own answers.

Revision 0011, after 0006.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("users", Column("profile", TEXT, nullable=False, server_default=""))
