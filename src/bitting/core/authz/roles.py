"""Roles as statements: what a user who is not an administrator may do inside a project.

::

    user ──> groups ──> assignments (here?) ──> role ──> statements
       └──────────────> assignments

Built-in roles are rows of :data:`BUILT_IN`; custom ones are records. All reads go through a reader of the key cache,
so that a change takes effect with the next request in every process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from bitting.core.key_cache import Reader
from bitting.core.model.grant import Grant
from bitting.core.model.iam import Assignment, Membership, Role
from bitting.core.model.identity import Condition, KeyGrants, Reach, Statement

#: Tokens of users with this role are valid for queries about themselves, not for services (open beta restriction).
RESTRICTING = "op_restrict"
MOST = 10_000
_READS = ("key:describe", "key:list", "key:list_tags", "key:list_versions", "key:rotation_status", "alias:list",
          "grant:list", "keystore:describe", "keystore:list", "quota:read", "region:list", "capsule_access_point:list",
          "capsule_policy:describe", "capsule_policy:list", "key:public_key")  # fmt: skip
_SECRET_READS = ("secret:describe", "secret:list", "secret:list_*", "secret:describe_event")
_KEYS = ("key:*", "alias:*", "grant:*", "keystore:*", "quota:read", "region:*", "random:*", "pin:*", "digest:*",
         "attestation:*", "capsule_access_point:*", "capsule_policy:*")  # fmt: skip
_CRYPTO = ("key:encrypt", "key:decrypt", "key:generate_data_key", "key:generate_data_key_sealed",
           "key:encrypt_data_key", "key:decrypt_data_key")  # fmt: skip
#: The Security Administrator, who manages identities and nothing else.
SECURITY = "secu_admin"

#: Names as the clouds spell them -> allowed actions. All but :data:`SECURITY` are roles for services: whatever their
#: actions say, they hold for no identity (te_admin, the Tenant Administrator: "all services except IAM").
BUILT_IN: dict[str, tuple[str, ...]] = {
    "te_admin": ("*",),
    SECURITY: ("user:*", "group:*", "role:*", "access_key:*"),
    "KMS Administrator": _KEYS,
    "KMS CMKFullAccess": _KEYS,
    "DEW FullAccess": (*_KEYS, "secret:*"),
    "CSMS FullAccess": ("secret:*", *_CRYPTO),
    "CSMS ReadOnlyAccess": _SECRET_READS,
    "KMS CMKReadOnlyAccess": _READS,
    "readonly": (*_READS, *_SECRET_READS),
    "member": (),
    RESTRICTING: (),
}


def built_in_id(name: str) -> str:
    """32 hexadecimal digits that are the same on every server."""
    return sha256(f"role/{name}".encode()).hexdigest()[:32]


_BY_ID = {built_in_id(name): name for name in BUILT_IN}


def built_in_name(role_id: str) -> str:
    """The name of a built-in role, or the empty string."""
    return _BY_ID.get(role_id, "")


def read_rule(text: str, origin: str = "") -> Statement:
    """One stored rule as a statement."""
    rule = json.loads(text)
    conditions = tuple(read_condition(stored) for stored in rule.get("conditions", ()))
    return Statement(tuple(rule["actions"]), tuple(rule["resources"]), rule["allow"], conditions, origin)


def write_rule(statement: Statement) -> str:
    """A statement as it is stored."""
    rule: dict[str, object] = {
        "allow": statement.allow,
        "actions": statement.actions,
        "resources": statement.resources,
    }
    if statement.conditions:
        rule["conditions"] = [write_condition(condition) for condition in statement.conditions]
    return json.dumps(rule, separators=(",", ":"))


def read_condition(stored: Sequence[Any]) -> Condition:
    """A condition from its stored form, ``[operator, key, [value, ...]]``."""
    operator, key, values = stored
    return Condition(operator, key, tuple(values))


def write_condition(condition: Condition) -> list[Any]:
    """The form that is stored."""
    return [condition.operator, condition.key, list(condition.values)]


def every_assignment(reader: Reader, user_id: str) -> Iterator[Assignment]:
    """Role assignments of a user and of the user's groups, wherever."""
    groups = reader.find(Membership, {"user_id": user_id}, limit=MOST)
    for kind, holder_id in (("user", user_id), *(("group", member.group_id) for member in groups)):
        yield from reader.find(Assignment, {"holder_kind": kind, "holder_id": holder_id}, limit=MOST)


def assignments(reader: Reader, user_id: str, project_id: str) -> Iterator[Assignment]:
    """Role assignments of a user in a project (or the account, if none is given) and in enterprise projects."""
    for stored in every_assignment(reader, user_id):
        if stored.place_kind != "project" or stored.place_id == project_id:
            yield stored


def statements(reader: Reader, user_id: str, project_id: str) -> tuple[Statement, ...]:
    """The allow and deny statements of a user there."""
    return tuple(
        statement
        for stored in assignments(reader, user_id, project_id)
        for statement in assigned_statements(reader, stored)
    )


def assigned_statements(reader: Reader, stored: Assignment) -> list[Statement]:
    """What one role assignment says at its place."""
    name = built_in_name(stored.role_id)
    role = None if name else reader.get(Role, stored.role_id)
    origin = f"role {name or (role.name if role else '')} of {stored.holder_kind} {stored.holder_id} in "
    origin += f"{stored.place_kind} {stored.place_id}"
    rules: list[Statement] = []
    if name and BUILT_IN[name]:
        reach = Reach.ACCOUNT if name == SECURITY else Reach.SERVICES
        rules = [Statement(BUILT_IN[name], origin=origin, reach=reach)]
    elif role is not None and role.account_id == stored.account_id:
        rules = [read_rule(text, origin) for text in role.rules]
    return [_placed(rule, stored) for rule in rules]


def _placed(rule: Statement, stored: Assignment) -> Statement:
    """A rule in a project is about no more than that; in an enterprise project, about its resources alone."""
    if stored.place_kind == "domain":
        return rule
    resources = rule.resources
    if stored.place_kind == "enterprise":
        resources = tuple(f"eps/{stored.place_id}/{resource}" for resource in resources)
    return replace(rule, resources=resources, reach=Reach.PROJECT)


def is_restricted(reader: Reader, user_id: str, project_id: str) -> bool:
    """Whether tokens of this user are not valid for services."""
    mark = built_in_id(RESTRICTING)
    return any(stored.role_id == mark for stored in assignments(reader, user_id, project_id))


def role_names(reader: Reader, user_id: str, project_id: str) -> tuple[tuple[str, str], ...]:
    """Id and name of every role a user has there, each once."""
    found: dict[str, str] = {}
    for stored in assignments(reader, user_id, project_id):
        role = None if stored.role_id in _BY_ID else reader.get(Role, stored.role_id)
        name = built_in_name(stored.role_id) or (role.name if role else "")
        if name:
            found[stored.role_id] = name
    return tuple(found.items())


def key_grants(reader: Reader, user_id: str, domain_id: str) -> dict[str, KeyGrants]:
    """What grants allow the user, or the whole domain, by key."""
    found: dict[str, KeyGrants] = {}
    for kind, who in (("user", user_id), ("domain", domain_id)):
        for grant in _granted_actions(reader, kind, who):
            before = found.get(grant.key_id)
            actions = frozenset(grant.actions) | (before.actions if before else frozenset())
            found[grant.key_id] = KeyGrants(grant.key_ring, actions)
    return found


def _granted_actions(reader: Reader, kind: str, who: str) -> Sequence[Grant]:
    return reader.find(Grant, {"grantee_kind": kind, "grantee": who}, limit=MOST)
