"""Which users of a registered database server may be rotated; what a frozen key was before.

Revision 0008, after 0007.

Targets that are there list every user (``*``), as they were registered when there was no list; privileged users and the
administrator are refused all the same. Operators should name the users instead. New targets list nobody by themselves.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Text
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("keys", Column("state_before_freeze", TEXT, nullable=False, server_default=""))
    op.add_column("targets", Column("users", TEXT, nullable=False, server_default='["*"]'))
