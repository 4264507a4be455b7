"""What is to be done later, and secrets.

Revision 0004, after 0003.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, LargeBinary, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0004"
down_revision = "0003"

TEXT = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    _jobs()
    _secrets()
    _secret_versions()
    _secret_stages()
    _secret_tasks()
    _event_rules()
    _notices()
    _webhooks()
    _targets()
    _secret_grants()
    _secret_settings()


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


def _secrets() -> None:
    op.create_table(
        "secrets",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(TEXT, "ring", "account_id", "project_id", "name", "description", "type", "state", "key_id"),
        *_columns(BigInteger(), "created_ms", "updated_ms"),
        *_columns(TEXT, "creator", "instance_id", "enterprise_project_id"),
        *_columns(BigInteger(), "deletion_due_ms"),
        *_columns(TEXT, "rotation"),
        *_columns(BigInteger(), "rotation_interval_s", "rotated_ms", "rotation_due_ms"),
        *_columns(TEXT, "config", "target"),
        *_columns(Boolean(), "paired"),
        *_columns(TEXT, "fields", "function", "events", "tags", "policy"),
        *_columns(BigInteger(), "versions_made", "revision"),
    )
    op.create_index("secrets_name", "secrets", ["ring", "name"], unique=True)
    op.create_index("secrets_deletion_due", "secrets", ["state", "deletion_due_ms", "id"])
    op.create_index("secrets_rotation_due", "secrets", ["rotation", "rotation_due_ms", "id"])


def _secret_versions() -> None:
    op.create_table(
        "secret_versions",
        _id(),
        *_columns(TEXT, "secret_id", "name"),
        *_columns(BigInteger(), "number", "created_ms"),
        *_columns(TEXT, "key_id"),
        *_columns(LargeBinary(), "data_key", "sealed"),
        *_columns(Boolean(), "binary"),
        *_columns(BigInteger(), "expires_ms"),
        *_columns(Boolean(), "noted"),
        *_columns(TEXT, "task_id"),
    )
    op.create_index("secret_versions_name", "secret_versions", ["secret_id", "name"], unique=True)
    op.create_index("secret_versions_number", "secret_versions", ["secret_id", "number", "id"])
    op.create_index("secret_versions_expires", "secret_versions", ["noted", "expires_ms", "id"])


def _secret_stages() -> None:
    op.create_table(
        "secret_stages",
        _id(),
        *_columns(TEXT, "secret_id", "name", "version_id"),
        *_columns(BigInteger(), "updated_ms"),
    )
    op.create_index("secret_stages_secret", "secret_stages", ["secret_id", "id"])


def _secret_tasks() -> None:
    op.create_table(
        "secret_tasks",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(TEXT, "ring", "account_id", "secret_id", "secret_name", "version", "function", "by", "state"),
        *_columns(BigInteger(), "created_ms", "attempts"),
        *_columns(TEXT, "error", "error_text"),
    )
    op.create_index("secret_tasks_ring", "secret_tasks", ["ring", "number", "id"])
    op.create_index("secret_tasks_secret", "secret_tasks", ["secret_id", "number", "id"])
    op.create_index("secret_tasks_account", "secret_tasks", ["account_id", "created_ms", "id"])


def _event_rules() -> None:
    op.create_table(
        "event_rules",
        _id(),
        *_columns(TEXT, "uid", "ring", "account_id", "name", "types"),
        *_columns(Boolean(), "enabled"),
        *_columns(TEXT, "target_type", "target_id", "target_name"),
        *_columns(BigInteger(), "created_ms", "updated_ms"),
    )
    op.create_index("event_rules_ring", "event_rules", ["ring", "name", "id"])


def _notices() -> None:
    op.create_table(
        "notices",
        _id(),
        *_columns(BigInteger(), "number"),
        *_columns(
            TEXT, "ring", "account_id", "rule", "event", "secret_name", "secret_type", "target_id", "target_name"
        ),
        *_columns(TEXT, "content", "state"),
        *_columns(BigInteger(), "created_ms", "attempts"),
    )
    op.create_index("notices_ring", "notices", ["ring", "number", "id"])
    op.create_index("notices_created", "notices", ["created_ms", "id"])


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        _id(),
        *_columns(TEXT, "account_id", "name", "url"),
        *_columns(LargeBinary(), "sealed_secret"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("webhooks_account", "webhooks", ["account_id", "name", "id"])


def _targets() -> None:
    op.create_table(
        "targets",
        _id(),
        *_columns(TEXT, "account_id", "name", "engine", "host"),
        *_columns(BigInteger(), "port"),
        *_columns(TEXT, "database", "admin"),
        *_columns(LargeBinary(), "sealed_password"),
        *_columns(Boolean(), "tls"),
        *_columns(BigInteger(), "created_ms"),
    )
    op.create_index("targets_account", "targets", ["account_id", "name", "id"])


def _secret_grants() -> None:
    op.create_table(
        "secret_grants",
        _id(),
        *_columns(TEXT, "uid", "secret_id", "secret_name", "account_id", "grantee", "grantee_kind"),
        *_columns(BigInteger(), "created_ms", "updated_ms", "until_ms"),
    )
    op.create_index("secret_grants_secret", "secret_grants", ["secret_id", "id"])
    op.create_index("secret_grants_grantee", "secret_grants", ["grantee", "id"])
    op.create_index("secret_grants_until", "secret_grants", ["until_ms", "id"])


def _secret_settings() -> None:
    op.create_table(
        "secret_settings",
        _id(),
        *_columns(TEXT, "scope", "name", "value"),
    )


def _id() -> Column[str]:
    return Column("id", TEXT, primary_key=True)


def _columns(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]
