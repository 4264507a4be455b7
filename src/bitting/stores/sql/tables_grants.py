"""The tables of grants, key stores, IAM and regions; :mod:`bitting.stores.sql.tables` has the rest and the rules.

::

    grants                          rights of other principals on one key
    keystores                       partitions that keys can be put into
    groups, memberships, roles,     groups and roles of users who are not administrators
    assignments
    replicas                        keys as seen from further regions
    key_policies, key_points        who may open data key capsules
"""

from __future__ import annotations

from sqlalchemy import Index, Table

from bitting.stores.sql.columns import flags, identity, integers, octets, text
from bitting.stores.sql.tables import METADATA

grants = Table(
    "grants",
    METADATA,
    identity(),
    *integers("number"),
    *text("key_id", "key_ring", "account_id", "name", "actions", "grantee", "grantee_kind", "retiring", "creator"),
    *integers("created_ms"),
)
Index("grants_key", grants.c.key_id, grants.c.number)
Index("grants_ring", grants.c.key_ring)
Index("grants_grantee", grants.c.grantee, grants.c.grantee_kind)
Index("grants_retiring", grants.c.retiring)
Index("grants_creator", grants.c.creator)

keystores = Table(
    "keystores",
    METADATA,
    identity(),
    *integers("number"),
    *text("ring", "account_id", "name", "kind", "cluster_id", "state", "members"),
    *integers("created_ms"),
)
Index("keystores_ring_name", keystores.c.ring, keystores.c.name, unique=True)
Index("keystores_ring_number", keystores.c.ring, keystores.c.number)

groups = Table(
    "groups",
    METADATA,
    identity(),
    *text("account_id", "name", "description"),
    *integers("created_ms"),
)
Index("groups_account_name", groups.c.account_id, groups.c.name, unique=True)

memberships = Table(
    "memberships",
    METADATA,
    identity(),
    *text("account_id", "group_id", "user_id"),
)
Index("memberships_group", memberships.c.group_id)
Index("memberships_user", memberships.c.user_id)

roles = Table(
    "roles",
    METADATA,
    identity(),
    *text("account_id", "name", "description", "scope", "text", "rules"),
    *integers("created_ms", "updated_ms"),
)
Index("roles_account_name", roles.c.account_id, roles.c.name, unique=True)

assignments = Table(
    "assignments",
    METADATA,
    identity(),
    *text("account_id", "role_id", "holder_kind", "holder_id", "place_kind", "place_id"),
)
Index("assignments_holder", assignments.c.holder_id, assignments.c.holder_kind)
Index("assignments_role", assignments.c.role_id)

replicas = Table(
    "replicas",
    METADATA,
    identity(),
    *integers("number"),
    *text("key_id", "ring", "account_id", "project_id", "region", "name", "description", "enterprise_project_id"),
    *text("job_id"),
    *integers("created_ms"),
)
Index("replicas_ring", replicas.c.ring, replicas.c.number)
Index("replicas_key", replicas.c.key_id)
Index("replicas_job", replicas.c.job_id)

key_points = Table(
    "key_points",
    METADATA,
    identity(),
    *text("ring", "space_id", "name", "kind", "identity", "cluster_id", "description", "creator"),
    *flags("enabled"),
    *octets("public", "wrapped"),
    *integers("created_ms", "updated_ms"),
)
Index("key_points_space", key_points.c.ring, key_points.c.space_id, key_points.c.id)

key_policies = Table(
    "key_policies",
    METADATA,
    identity(),
    *text("ring", "space_id", "name", "text", "description", "creator"),
    *integers("created_ms", "updated_ms", "used_ms"),
)
Index("key_policies_space", key_policies.c.ring, key_policies.c.space_id, key_policies.c.id)
