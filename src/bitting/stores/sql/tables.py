"""The tables: one per record type, plus ``changes``, ``sequences`` and ``meta``.

::

    keys 1 ──< key_versions          accounts 1 ──< projects, users, access_keys, tokens,
      1 ──< aliases                                 instances, network_rules, access_policies,
                                                    access_points, client_keys
    changes     what was committed, in order      sequences   named counters
    meta        facts about this database

Columns are the record's fields, by name. Ids refer to each other but are not declared as foreign keys:
the rules between records belong to the use cases, and every store keeps the same ones.
Text is compared byte by byte in both databases, so that order does not depend on a locale.
Every change here needs a migration; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, MetaData, Table

from bitting.stores.sql.columns import SEQUENCE, TEXT
from bitting.stores.sql.columns import flags as _flags
from bitting.stores.sql.columns import identity as _id
from bitting.stores.sql.columns import integers as _integers
from bitting.stores.sql.columns import octets as _bytes
from bitting.stores.sql.columns import text as _text

METADATA = MetaData()

keys = Table(
    "keys",
    METADATA,
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
    Column("state_before_freeze", TEXT, nullable=False, server_default=""),
)
# The migration gives PostgreSQL the same condition; to name it here would import that dialect, for 70 ms of
# every start on SQLite.
Index("keys_name", keys.c.ring, keys.c.name, unique=True, sqlite_where=keys.c.name != "")
# Lists and counts of a ring: the columns after ``id`` are what lists filter by, so that a filtered count
# and the skipping of an offset read this index alone.
Index(
    "keys_ring_number",
    *(keys.c[name] for name in ("ring", "number", "id", "state", "service", "instance_id", "spec", "usage", "origin")),
)
Index("keys_deletion_due", keys.c.state, keys.c.deletion_due_ms, keys.c.id)
Index("keys_rotation_due", keys.c.rotation_due_ms, keys.c.id)
Index("keys_material_expires", keys.c.material_expires_ms, keys.c.id)

key_versions = Table(
    "key_versions",
    METADATA,
    _id(),
    *_text("key_id"),
    *_integers("number", "created_ms"),
    *_bytes("wrapped", "public"),
    *_flags("staged"),
)
Index("key_versions_key_number", key_versions.c.key_id, key_versions.c.number, key_versions.c.id)

aliases = Table(
    "aliases",
    METADATA,
    _id(),
    *_text("ring", "account_id", "name", "key_id"),
    *_integers("created_ms", "updated_ms"),
)
Index("aliases_ring", aliases.c.ring, aliases.c.id)
Index("aliases_ring_name", aliases.c.ring, aliases.c.name, aliases.c.id)
Index("aliases_key", aliases.c.key_id, aliases.c.id)

accounts = Table(
    "accounts",
    METADATA,
    _id(),
    *_text("domain_id", "domain_name", "ring", "state"),
    *_integers("created_ms"),
)
Index("accounts_domain", accounts.c.domain_id)
Index("accounts_domain_name", accounts.c.domain_name)

projects = Table(
    "projects",
    METADATA,
    _id(),
    *_text("account_id", "name", "profile", "ring"),
    *_integers("created_ms"),
)
Index("projects_name", projects.c.account_id, projects.c.name, unique=True)

users = Table(
    "users",
    METADATA,
    _id(),
    *_text("account_id", "name", "password"),
    *_flags("enabled", "admin"),
    *_integers("created_ms"),
    Column("profile", TEXT, nullable=False, server_default=""),
)
Index("users_name", users.c.account_id, users.c.name, unique=True)

access_keys = Table(
    "access_keys",
    METADATA,
    _id(),
    *_text("account_id", "user_id"),
    *_bytes("sealed_secret"),
    *_flags("enabled"),
    *_integers("created_ms", "expires_ms"),
    *_text("token_digest", "project_id"),
    Column("parent", TEXT, nullable=False, server_default=""),
)
Index("access_keys_account", access_keys.c.account_id, access_keys.c.id)
Index("access_keys_user", access_keys.c.user_id, access_keys.c.id)
Index("access_keys_parent", access_keys.c.parent, access_keys.c.id)
Index("access_keys_expires", access_keys.c.expires_ms, access_keys.c.id)

tokens = Table(
    "tokens",
    METADATA,
    _id(),
    *_text("account_id", "user_id", "project_id", "methods"),
    *_integers("issued_ms", "expires_ms"),
    *_text("audit_id"),
    *_flags("restricted"),
    *_text("scope"),
    Column("parent", TEXT, nullable=False, server_default=""),
)
Index("tokens_parent", tokens.c.parent, tokens.c.id)
Index("tokens_expires", tokens.c.expires_ms, tokens.c.id)
Index("tokens_user", tokens.c.user_id, tokens.c.id)

instances = Table(
    "instances",
    METADATA,
    _id(),
    *_text("account_id", "ring", "name"),
    *_integers("created_ms"),
    *_text("state"),
)
Index("instances_account", instances.c.account_id, instances.c.id)

network_rules = Table(
    "network_rules",
    METADATA,
    _id(),
    *_text("account_id", "name", "kind", "sources", "description"),
    *_integers("created_ms"),
)
Index("network_rules_account", network_rules.c.account_id, network_rules.c.name, network_rules.c.id)

access_policies = Table(
    "access_policies",
    METADATA,
    _id(),
    *_text("account_id", "name", "instance_id", "permissions", "resources", "network_rules", "description"),
    *_integers("created_ms"),
)
Index("access_policies_account", access_policies.c.account_id, access_policies.c.name, access_policies.c.id)

access_points = Table(
    "access_points",
    METADATA,
    _id(),
    *_text("account_id", "name", "method", "policies", "description"),
    *_integers("created_ms"),
)
Index("access_points_account", access_points.c.account_id, access_points.c.name, access_points.c.id)

client_keys = Table(
    "client_keys",
    METADATA,
    _id(),
    *_text("account_id", "access_point"),
    *_bytes("public"),
    *_integers("not_before_ms", "not_after_ms", "created_ms"),
)
Index("client_keys_access_point", client_keys.c.account_id, client_keys.c.access_point, client_keys.c.id)

switches = Table(
    "switches",
    METADATA,
    _id(),
    *_text("maintenance"),
    *_flags("replica", "sm2", "sm4", "keystores", "rotation"),
    *_text("rates", "authorizer", "tag_policy", "quotas"),
    Column("offline_regions", TEXT, nullable=False, server_default=""),
)

quotas = Table("quotas", METADATA, _id(), *_text("scope", "name"), *_integers("limit"))

operators = Table("operators", METADATA, _id(), *_text("name"), *_integers("created_ms"))

fault_rules = Table(
    "fault_rules",
    METADATA,
    _id(),
    *_text("dialect", "operation", "account_id"),
    *_integers("line"),
    *_text("code"),
    *_integers("percent", "left", "latency_ms"),
    *_text("effect"),
    *_integers("created_ms"),
)

dev_clock = Table("dev_clock", METADATA, _id(), *_integers("offset_ms"))

changes = Table(
    "changes",
    METADATA,
    Column("seq", SEQUENCE, primary_key=True, autoincrement=True),
    *_text("kind", "record_id"),
    *_integers("committed_ms"),
    sqlite_autoincrement=True,  # a pruned number is never given again
)

sequences = Table("sequences", METADATA, Column("name", TEXT, primary_key=True), *_integers("value"))

# Signatures and nonces that were used; written by stores/sql/spent.py alone.
spent_proofs = Table("spent_proofs", METADATA, _id(), *_integers("expires_ms"))
Index("spent_proofs_expires", spent_proofs.c.expires_ms)

# Authentication codes of authority records, by kind and id; written by stores/sql/record_codes.py alone.
record_codes = Table("record_codes", METADATA, _id(), *_bytes("code"))

meta = Table("meta", METADATA, Column("name", TEXT, primary_key=True), *_text("value"))
