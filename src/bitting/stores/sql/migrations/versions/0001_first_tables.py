"""The first tables.

Revision 0001, after none. It spells the tables out instead of importing them: what a revision does never
changes, whatever becomes of ``tables.py``.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Text, column, insert, table, text
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

TEXT = Text().with_variant(Text(collation="C"), "postgresql")
SEQUENCE = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    _keys()
    _tenants()
    _credentials()
    _applications()
    _bookkeeping()


def _keys() -> None:
    op.create_table(
        "keys",
        _id(),
        *_integers("number"),
        *_text("ring", "account_id", "project_id", "name", "description", "spec", "usage", "origin", "state"),
        *_text("protection", "provider"),
        *_integers("created_ms"),
        *_text("creator", "primary_version", "initial_version", "instance_id", "keystore_id"),
        *_text("enterprise_project_id", "service"),
        *_integers("deletion_due_ms", "deletion_scheduled_ms", "material_expires_ms"),
        *_bytes("material_fingerprint"),
        *_text("state_before_deletion", "rotation"),
        *_integers("rotation_interval_s", "rotated_ms", "rotation_due_ms", "rotations"),
        *_flags("deletion_protection"),
        *_text("deletion_protection_note", "policy", "region", "primary_region"),
        *_flags("sync"),
    )
    op.create_index(
        "keys_name",
        "keys",
        ["ring", "name"],
        unique=True,
        sqlite_where=text("name != ''"),
        postgresql_where=text("name != ''"),
    )
    op.create_index(
        "keys_ring_number",
        "keys",
        ["ring", "number", "id", "state", "service", "instance_id", "spec", "usage", "origin"],
    )
    op.create_index("keys_deletion_due", "keys", ["state", "deletion_due_ms", "id"])
    op.create_index("keys_rotation_due", "keys", ["rotation_due_ms", "id"])
    op.create_index("keys_material_expires", "keys", ["material_expires_ms", "id"])
    op.create_table(
        "key_versions",
        _id(),
        *_text("key_id"),
        *_integers("number", "created_ms"),
        *_bytes("wrapped", "public"),
        *_flags("staged"),
    )
    op.create_index("key_versions_key_number", "key_versions", ["key_id", "number", "id"])
    op.create_table(
        "aliases",
        _id(),
        *_text("ring", "account_id", "name", "key_id"),
        *_integers("created_ms", "updated_ms"),
    )
    op.create_index("aliases_ring", "aliases", ["ring", "id"])
    op.create_index("aliases_ring_name", "aliases", ["ring", "name", "id"])
    op.create_index("aliases_key", "aliases", ["key_id", "id"])


def _tenants() -> None:
    op.create_table(
        "accounts",
        _id(),
        *_text("domain_id", "domain_name", "ring", "state"),
        *_integers("created_ms"),
    )
    op.create_index("accounts_domain", "accounts", ["domain_id"])
    op.create_index("accounts_domain_name", "accounts", ["domain_name"])
    op.create_table(
        "projects",
        _id(),
        *_text("account_id", "name", "profile", "ring"),
        *_integers("created_ms"),
    )
    op.create_index("projects_name", "projects", ["account_id", "name"], unique=True)
    op.create_table(
        "users",
        _id(),
        *_text("account_id", "name", "password"),
        *_flags("enabled", "admin"),
        *_integers("created_ms"),
    )
    op.create_index("users_name", "users", ["account_id", "name"], unique=True)


def _credentials() -> None:
    op.create_table(
        "access_keys",
        _id(),
        *_text("account_id", "user_id"),
        *_bytes("sealed_secret"),
        *_flags("enabled"),
        *_integers("created_ms", "expires_ms"),
        *_text("token_digest", "project_id"),
    )
    op.create_index("access_keys_account", "access_keys", ["account_id", "id"])
    op.create_index("access_keys_user", "access_keys", ["user_id", "id"])
    op.create_index("access_keys_expires", "access_keys", ["expires_ms", "id"])
    op.create_table(
        "tokens",
        _id(),
        *_text("account_id", "user_id", "project_id", "methods"),
        *_integers("issued_ms", "expires_ms"),
        *_text("audit_id"),
        *_flags("restricted"),
        *_text("scope"),
    )
    op.create_index("tokens_expires", "tokens", ["expires_ms", "id"])
    op.create_index("tokens_user", "tokens", ["user_id", "id"])


def _applications() -> None:
    op.create_table(
        "instances",
        _id(),
        *_text("account_id", "ring", "name"),
        *_integers("created_ms"),
        *_text("state"),
    )
    op.create_index("instances_account", "instances", ["account_id", "id"])
    op.create_table(
        "network_rules",
        _id(),
        *_text("account_id", "name", "kind", "sources", "description"),
        *_integers("created_ms"),
    )
    op.create_index("network_rules_account", "network_rules", ["account_id", "name", "id"])
    op.create_table(
        "access_policies",
        _id(),
        *_text("account_id", "name", "instance_id", "permissions", "resources", "network_rules", "description"),
        *_integers("created_ms"),
    )
    op.create_index("access_policies_account", "access_policies", ["account_id", "name", "id"])
    op.create_table(
        "access_points",
        _id(),
        *_text("account_id", "name", "method", "policies", "description"),
        *_integers("created_ms"),
    )
    op.create_index("access_points_account", "access_points", ["account_id", "name", "id"])
    op.create_table(
        "client_keys",
        _id(),
        *_text("account_id", "access_point"),
        *_bytes("public"),
        *_integers("not_before_ms", "not_after_ms", "created_ms"),
    )
    op.create_index("client_keys_access_point", "client_keys", ["account_id", "access_point", "id"])


def _bookkeeping() -> None:
    op.create_table(
        "changes",
        Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
        *_text("kind", "record_id"),
        *_integers("committed_ms"),
        sqlite_autoincrement=True,
    )
    op.create_table("sequences", Column("name", TEXT, primary_key=True), *_integers("value"))
    op.create_table("meta", Column("name", TEXT, primary_key=True), *_text("value"))
    # the log is never empty: "older than its oldest entry" then always means "pruned"
    log = table("changes", column("kind"), column("record_id"), column("committed_ms"))
    op.execute(insert(log).values(kind="", record_id="", committed_ms=0))


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _text(*names: str) -> list[Column[Any]]:
    return _columns(TEXT, names)


def _integers(*names: str) -> list[Column[Any]]:
    return _columns(BigInteger(), names)


def _flags(*names: str) -> list[Column[Any]]:
    return _columns(Boolean(), names)


def _bytes(*names: str) -> list[Column[Any]]:
    return _columns(LargeBinary(), names)


def _columns(kind: TypeEngine[Any], names: tuple[str, ...]) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
