"""Grants, key stores, people and their roles, replicas, capsule policies; regions that are switched off.

Revision 0006, after 0005.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0006"
down_revision = "0005"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    _grants()
    _keystores()
    _groups()
    _memberships()
    _roles()
    _assignments()
    _replicas()
    _key_points()
    _key_policies()
    op.add_column("switches", Column("offline_regions", TEXT, nullable=False, server_default=""))


def _grants() -> None:
    op.create_table(
        "grants",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(
            TEXT,
            "key_id",
            "key_ring",
            "account_id",
            "name",
            "actions",
            "grantee",
            "grantee_kind",
            "retiring",
            "creator",
        ),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("grants_key", "grants", ["key_id", "number"])
    op.create_index("grants_ring", "grants", ["key_ring"])
    op.create_index("grants_grantee", "grants", ["grantee", "grantee_kind"])
    op.create_index("grants_retiring", "grants", ["retiring"])
    op.create_index("grants_creator", "grants", ["creator"])


def _keystores() -> None:
    op.create_table(
        "keystores",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(TEXT, "ring", "account_id", "name", "kind", "cluster_id", "state", "members"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("keystores_ring_name", "keystores", ["ring", "name"], unique=True)
    op.create_index("keystores_ring_number", "keystores", ["ring", "number"])


def _groups() -> None:
    op.create_table(
        "groups",
        _id(),
        *_columns(TEXT, "account_id", "name", "description"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("groups_account_name", "groups", ["account_id", "name"], unique=True)


def _memberships() -> None:
    op.create_table(
        "memberships",
        _id(),
        *_columns(TEXT, "account_id", "group_id", "user_id"),
    )
    op.create_index("memberships_group", "memberships", ["group_id"])
    op.create_index("memberships_user", "memberships", ["user_id"])


def _roles() -> None:
    op.create_table(
        "roles",
        _id(),
        *_columns(TEXT, "account_id", "name", "description", "scope", "text", "rules"),
        *_columns(BigInteger(), "created_ms", "updated_ms"),
    )
    op.create_index("roles_account_name", "roles", ["account_id", "name"], unique=True)


def _assignments() -> None:
    op.create_table(
        "assignments",
        _id(),
        *_columns(TEXT, "account_id", "role_id", "holder_kind", "holder_id", "place_kind", "place_id"),
    )
    op.create_index("assignments_holder", "assignments", ["holder_id", "holder_kind"])
    op.create_index("assignments_role", "assignments", ["role_id"])


def _replicas() -> None:
    op.create_table(
        "replicas",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(
            TEXT, "key_id", "ring", "account_id", "project_id", "region", "name", "description", "enterprise_project_id"
        ),
        *_columns(TEXT, "job_id"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("replicas_ring", "replicas", ["ring", "number"])
    op.create_index("replicas_key", "replicas", ["key_id"])
    op.create_index("replicas_job", "replicas", ["job_id"])


def _key_points() -> None:
    op.create_table(
        "key_points",
        _id(),
        *_columns(TEXT, "ring", "space_id", "name", "kind", "identity", "cluster_id", "description", "creator"),
        *_columns(Boolean(), "enabled"),
        *_columns(LargeBinary(), "public", "wrapped"),
        *_columns(BigInteger(), "created_ms", "updated_ms"),
    )
    op.create_index("key_points_space", "key_points", ["ring", "space_id", "id"])


def _key_policies() -> None:
    op.create_table(
        "key_policies",
        _id(),
        *_columns(TEXT, "ring", "space_id", "name", "text", "description", "creator"),
        *_columns(BigInteger(), "created_ms", "updated_ms", "used_ms"),
    )
    op.create_index("key_policies_space", "key_policies", ["ring", "space_id", "id"])


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
