"""The tables of jobs and secrets; :mod:`bitting.stores.sql.tables` has the rest and the rules.

::

    jobs                what is to be done later
    secrets 1 ──< secret_versions, secret_stages, secret_tasks, secret_grants
    event_rules 1 ──< notices      webhooks, targets, secret_settings: one account's
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Table

from bitting.stores.sql.columns import TEXT, flags, identity, integers, octets, text
from bitting.stores.sql.tables import METADATA

jobs = Table(
    "jobs",
    METADATA,
    identity(),
    *text("kind", "subject"),
    *integers("due_ms", "created_ms"),
    *text("payload"),
    *integers("attempts"),
    *text("owner"),
    *integers("lease_until_ms"),
    *text("error"),
)
Index("jobs_due", jobs.c.due_ms, jobs.c.id)

secrets = Table(
    "secrets",
    METADATA,
    identity(),
    *integers("number"),
    *text("ring", "account_id", "project_id", "name", "description", "type", "state", "key_id"),
    *integers("created_ms", "updated_ms"),
    *text("creator", "instance_id", "enterprise_project_id"),
    *integers("deletion_due_ms"),
    *text("rotation"),
    *integers("rotation_interval_s", "rotated_ms", "rotation_due_ms"),
    *text("config", "target"),
    *flags("paired"),
    *text("fields", "function", "events", "tags", "policy"),
    *integers("versions_made", "revision"),
)
Index("secrets_name", secrets.c.ring, secrets.c.name, unique=True)
Index("secrets_deletion_due", secrets.c.state, secrets.c.deletion_due_ms, secrets.c.id)
Index("secrets_rotation_due", secrets.c.rotation, secrets.c.rotation_due_ms, secrets.c.id)

secret_versions = Table(
    "secret_versions",
    METADATA,
    identity(),
    *text("secret_id", "name"),
    *integers("number", "created_ms"),
    *text("key_id"),
    *octets("data_key", "sealed"),
    *flags("binary"),
    *integers("expires_ms"),
    *flags("noted"),
    *text("task_id"),
)
Index("secret_versions_name", secret_versions.c.secret_id, secret_versions.c.name, unique=True)
Index("secret_versions_number", secret_versions.c.secret_id, secret_versions.c.number, secret_versions.c.id)
Index("secret_versions_expires", secret_versions.c.noted, secret_versions.c.expires_ms, secret_versions.c.id)

secret_stages = Table(
    "secret_stages",
    METADATA,
    identity(),
    *text("secret_id", "name", "version_id"),
    *integers("updated_ms"),
)
Index("secret_stages_secret", secret_stages.c.secret_id, secret_stages.c.id)

secret_tasks = Table(
    "secret_tasks",
    METADATA,
    identity(),
    *integers("number"),
    *text("ring", "account_id", "secret_id", "secret_name", "version", "function", "by", "state"),
    *integers("created_ms", "attempts"),
    *text("error", "error_text"),
)
Index("secret_tasks_ring", secret_tasks.c.ring, secret_tasks.c.number, secret_tasks.c.id)
Index("secret_tasks_secret", secret_tasks.c.secret_id, secret_tasks.c.number, secret_tasks.c.id)
Index("secret_tasks_account", secret_tasks.c.account_id, secret_tasks.c.created_ms, secret_tasks.c.id)

event_rules = Table(
    "event_rules",
    METADATA,
    identity(),
    *text("uid", "ring", "account_id", "name", "types"),
    *flags("enabled"),
    *text("target_type", "target_id", "target_name"),
    *integers("created_ms", "updated_ms"),
)
Index("event_rules_ring", event_rules.c.ring, event_rules.c.name, event_rules.c.id)

notices = Table(
    "notices",
    METADATA,
    identity(),
    *integers("number"),
    *text("ring", "account_id", "rule", "event", "secret_name", "secret_type", "target_id", "target_name"),
    *text("content", "state"),
    *integers("created_ms", "attempts"),
)
Index("notices_ring", notices.c.ring, notices.c.number, notices.c.id)
Index("notices_created", notices.c.created_ms, notices.c.id)

webhooks = Table(
    "webhooks",
    METADATA,
    identity(),
    *text("account_id", "name", "url"),
    *octets("sealed_secret"),
    *integers("created_ms"),
)
Index("webhooks_account", webhooks.c.account_id, webhooks.c.name, webhooks.c.id)

targets = Table(
    "targets",
    METADATA,
    identity(),
    *text("account_id", "name", "engine", "host"),
    *integers("port"),
    *text("database", "admin"),
    *octets("sealed_password"),
    *flags("tls"),
    *integers("created_ms"),
    Column("users", TEXT, nullable=False, server_default='["*"]'),
)
Index("targets_account", targets.c.account_id, targets.c.name, targets.c.id)

secret_grants = Table(
    "secret_grants",
    METADATA,
    identity(),
    *text("uid", "secret_id", "secret_name", "account_id", "grantee", "grantee_kind"),
    *integers("created_ms", "updated_ms", "until_ms"),
)
Index("secret_grants_secret", secret_grants.c.secret_id, secret_grants.c.id)
Index("secret_grants_grantee", secret_grants.c.grantee, secret_grants.c.id)
Index("secret_grants_until", secret_grants.c.until_ms, secret_grants.c.id)

secret_settings = Table("secret_settings", METADATA, identity(), *text("scope", "name", "value"))
