"""Spent signatures; authentication codes of records that say who may do what.

Revision 0009.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, LargeBinary, Text
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "spent_proofs",
        Column("id", TEXT, primary_key=True),
        Column("expires_ms", BigInteger(), nullable=False),
    )
    op.create_index("spent_proofs_expires", "spent_proofs", ["expires_ms"])
    op.create_table(
        "record_codes",
        Column("id", TEXT, primary_key=True),
        Column("code", LargeBinary(), nullable=False),
    )
