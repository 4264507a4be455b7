"""The service's own records: switches, quotas, operators, fault rules, the developer's clock.

Revision 0002, after 0001.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "switches",
        _id(),
        *_columns(TEXT, "maintenance"),
        *_columns(Boolean(), "replica", "sm2", "sm4", "keystores", "rotation"),
        *_columns(TEXT, "rates", "authorizer", "tag_policy", "quotas"),
    )
    op.create_table("quotas", _id(), *_columns(TEXT, "scope", "name"), *_columns(BigInteger(), "limit"))
    op.create_table("operators", _id(), *_columns(TEXT, "name"), *_columns(BigInteger(), "created_ms"))
    op.create_table(
        "fault_rules",
        _id(),
        *_columns(TEXT, "dialect", "operation", "account_id"),
        *_columns(BigInteger(), "line"),
        *_columns(TEXT, "code"),
        *_columns(BigInteger(), "percent", "left", "latency_ms"),
        *_columns(TEXT, "effect"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_table("dev_clock", _id(), *_columns(BigInteger(), "offset_ms"))


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
