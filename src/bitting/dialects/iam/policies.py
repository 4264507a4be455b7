"""Custom policies as Huawei Cloud IAM writes them, and what they mean here.

::

    {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kms:cmk:list"], "Resource": [...],
                                      "Condition": {"IpAddress": {"g:SourceIp": ["10.0.0.0/8"]}}}]}

    Action     kms:cmk:<word>  kms:dek:<word>  csms:<kind>:<word>  iam:<kind>:<word>, with stars
    Resource   <service>:<region>:<domain id>:<type>:<id>      kms:*:*:KeyId:<id>, csms:*:*:secretName:<name>
    Condition  operators and keys of :mod:`bitting.core.authz.conditions` under the names of :data:`KEYS`

Nothing of a policy is ignored. What is not understood is refused: a member, an operator, a key, an action of a service
served here that stands for nothing (a mistyped denial would deny nothing), a resource that has not five parts. Actions
and resources of other services are kept word for word and match nothing here, so that a policy can be about both.

Region and domain of a resource become conditions; as they differ from resource to resource, so do the statements.

Source: Huawei Cloud DEW "Permissions policies and supported actions", IAM "Policy syntax"; where it names an action
that covers several operations, so does the table below.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bitting.core import faults
from bitting.core.authz.conditions import is_understood, read_moment
from bitting.core.authz.roles import BUILT_IN, SECURITY
from bitting.core.model.identity import Condition, Statement

_CRYPTO = ("key:encrypt", "key:decrypt", "key:sign", "key:verify", "key:mac", "key:public_key", "key:derive")
#: Actions of policies -> actions here.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "kms:cmk:create": ("key:create",),
    "kms:cmk:enable": ("key:enable",),
    "kms:cmk:disable": ("key:disable",),
    "kms:cmk:get": ("key:describe", "key:list_versions", "key:public_key"),
    "kms:cmk:list": ("key:list", "quota:read", "region:list", "key:list_tags"),
    "kms:cmk:update": ("key:update", "alias:create", "alias:update", "alias:delete"),
    "kms:cmk:delete": ("key:schedule_deletion", "key:cancel_deletion"),
    "kms:cmk:generate": ("random:generate", "pin:create"),
    "kms:cmk:crypto": _CRYPTO,
    "kms:cmk:encrypt": ("key:encrypt",),
    "kms:cmk:decrypt": ("key:decrypt",),
    "kms:cmk:sign": ("key:sign",),
    "kms:cmk:verify": ("key:verify",),
    "kms:cmk:mac": ("key:mac",),
    "kms:cmk:import": ("key:import", "key:delete_material"),
    "kms:cmk:rotate": ("key:set_rotation", "key:create_version"),
    "kms:cmk:tag": ("key:tag", "key:untag", "key:list_tags"),
    "kms:cmk:replicate": ("region:replicate", "region:update_primary", "region:list"),
    "kms:grant:create": ("grant:create",),
    "kms:grant:revoke": ("grant:revoke",),
    "kms:grant:retire": ("grant:retire",),
    "kms:grant:list": ("grant:list",),
    "kms:alias:list": ("alias:list",),
    "kms:keystore:manage": ("keystore:*",),
    "kms:capsule:manage": ("capsule_access_point:*", "capsule_policy:*"),
    "kms:dek:create": ("key:generate_data_key",),
    "kms:dek:createWithoutPlaintext": ("key:generate_data_key_sealed",),
    "kms:dek:encrypt": ("key:encrypt_data_key",),
    "kms:dek:decrypt": ("key:decrypt_data_key",),
    "csms:secret:create": ("secret:create", "secret:put_value"),
    "csms:secret:get": ("secret:describe",),
    "csms:secret:list": ("secret:list",),
    "csms:secret:update": ("secret:update", "secret:tag", "secret:update_version"),
    "csms:secret:delete": ("secret:delete", "secret:schedule_deletion", "secret:restore"),
    "csms:secret:rotate": ("secret:rotate",),
    "csms:secret:backup": ("secret:backup", "secret:restore_backup"),
    "csms:secretVersion:get": ("secret:get_value",),
    "csms:secretVersion:list": ("secret:list_versions",),
    "csms:secretVersion:create": ("secret:put_value",),
    "csms:secretEvent:manage": ("secret:create_event", "secret:update_event", "secret:delete_event"),
    "csms:secretEvent:list": ("secret:list_events", "secret:describe_event", "secret:list_notices"),
    "csms:secretTag:manage": ("secret:tag", "secret:list_tags"),
    "csms:grant:manage": ("secret:create_grant", "secret:update_grant", "secret:delete_grant", "secret:list_grants"),
    "iam:users:createUser": ("user:create",),
    "iam:users:listUsers": ("user:list",),
    "iam:users:getUser": ("user:describe",),
    "iam:users:updateUser": ("user:update",),
    "iam:users:deleteUser": ("user:delete",),
    "iam:users:listUsersForGroup": ("group:list_members",),
    "iam:groups:createGroup": ("group:update",),
    "iam:groups:updateGroup": ("group:update",),
    "iam:groups:listGroups": ("group:list",),
    "iam:groups:listGroupsForUser": ("user:list_groups",),
    "iam:groups:getGroup": ("group:describe",),
    "iam:groups:deleteGroup": ("group:delete",),
    "iam:permissions:addUserToGroup": ("group:add_member",),
    "iam:permissions:removeUserFromGroup": ("group:remove_member",),
    "iam:permissions:checkUserInGroup": ("group:check_member",),
    "iam:permissions:grantRoleToGroup": ("role:assign",),
    "iam:permissions:revokeRoleFromGroup": ("role:unassign",),
    "iam:permissions:checkRoleForGroup": ("role:check_assignment",),
    "iam:permissions:listRolesForGroup": ("role:list_assigned",),
    "iam:roles:createRole": ("role:update",),
    "iam:roles:updateRole": ("role:update",),
    "iam:roles:listRoles": ("role:list",),
    "iam:roles:getRole": ("role:describe",),
    "iam:roles:deleteRole": ("role:delete",),
    "iam:credentials:createCredential": ("access_key:create",),
    "iam:credentials:listCredentials": ("access_key:list",),
    "iam:credentials:deleteCredential": ("access_key:delete",),
}
#: What every action of a service stands for: more than its single words, as other APIs have operations of their own.
WHOLE: Mapping[str, tuple[str, ...]] = {
    "kms": BUILT_IN["KMS Administrator"],
    "csms": ("secret:*",),
    "iam": BUILT_IN[SECURITY],
}
#: Condition keys of policies -> conditions here. There is no second factor: g:MFAPresent is false in every request.
KEYS: Mapping[str, str] = {
    "g:sourceip": "source_address",
    "g:currenttime": "current_time",
    "g:mfapresent": "mfa_present",
    "g:username": "user_name",
    "g:userid": "user_id",
    "g:domainname": "domain_name",
    "g:domainid": "domain_id",
    "g:projectname": "project_name",
    "g:projectid": "project_id",
}
STATEMENTS_MOST, WORDS_MOST, WILDCARDS_MOST = 8, 100, 8
_PARTS = 5
_MEMBERS = frozenset({"Effect", "Action", "Resource", "Condition"})
_WORD = re.compile(r"[a-zA-Z0-9_-]+(:[a-zA-Z0-9_*?-]+){1,2}", re.ASCII)
_QUANTIFIER = re.compile(r"(ForAnyValue|ForAllValues):|IfExists$")
_TYPES = {"keyid": ("kms", "key"), "secretname": ("csms", "secret")}
#: Kinds of resources of a service, for a resource of any type and any id.
_KINDS = {
    "kms": ("key", "keystore", "capsule_access_point", "capsule_policy", "quota", "random", "pin", "digest",
            "attestation"),
    "csms": ("secret",),
    "iam": ("user", "group", "role", "access_key"),
}  # fmt: skip


def _refuse() -> faults.InvalidParameter:
    return faults.InvalidParameter(parameter="policy", reason="format")


def _words(found: Any) -> list[str]:
    words = [found] if isinstance(found, str) else found
    if not isinstance(words, list) or not 0 < len(words) <= WORDS_MOST:
        raise _refuse()
    if not all(isinstance(word, str) and word.count("*") + word.count("?") <= WILDCARDS_MOST for word in words):
        raise _refuse()
    return words


def _fits(pattern: str, name: str) -> bool:
    """Part by part: equal, or equal up to a star; a pattern may be shorter than the name if it ends in a star."""
    wanted, held = pattern.split(":"), name.split(":")
    if len(wanted) < len(held) and wanted[-1] != "*":
        return False
    pairs = zip(wanted, held, strict=False)
    return all(part == word or (part.endswith("*") and word.startswith(part[:-1])) for part, word in pairs)


def meaning(word: str) -> tuple[str, ...]:
    """What one action of a policy covers here. An action of another service: one that matches nothing.

    Raises ``InvalidParameter`` (policy) for what is no action, or none of a service served here.
    """
    if word in ("*", "*:*", "*:*:*"):
        return ("*",)
    pattern = word.lower()
    service = pattern.partition(":")[0]
    if not _WORD.fullmatch(word):
        raise _refuse()
    if service not in WHOLE:
        return (f"elsewhere:{word}",)
    if pattern in (f"{service}:*", f"{service}:*:*"):
        return WHOLE[service]
    covered = [actions for name, actions in ACTIONS.items() if _fits(pattern, name.lower())]
    if not covered:
        raise _refuse()
    return tuple(dict.fromkeys(action for actions in covered for action in actions))


def _resources(word: str) -> tuple[tuple[str, ...], tuple[Condition, ...]]:
    """The resources that a word names, and the conditions of its region and domain. Raises as :func:`meaning`."""
    if word == "*":
        return ("*",), ()
    parts = word.split(":", _PARTS - 1)
    if len(parts) != _PARTS or not all(parts):
        raise _refuse()
    service, region, domain, kind, name = parts
    conditions = tuple(
        Condition("StringLike", key, (value,)) for key, value in (("region", region), ("domain_id", domain))
        if value != "*"
    )  # fmt: skip
    return tuple(_named(service.lower(), kind.lower(), name, word)), conditions


def _named(service: str, kind: str, name: str, word: str) -> Iterator[str]:
    if service not in ("*", *_KINDS):
        yield f"elsewhere/{word}"
        return
    if kind == "*" and name == "*":
        yield from ("*",) if service == "*" else (f"{each}/*" for each in _KINDS[service])
        return
    found = [each for each, (owner, _) in _TYPES.items() if service in ("*", owner) and kind in ("*", each)]
    if not found:
        raise _refuse()
    yield from (f"{_TYPES[each][1]}/{name}" for each in found)


def _conditions(found: Any) -> tuple[Condition, ...]:
    """Raises ``InvalidParameter`` (policy) for an operator or key that is not understood.

    Every key has exactly one value in every request, so ``ForAnyValue:``, ``ForAllValues:`` and ``IfExists`` change
    nothing.
    """
    if not isinstance(found, dict) or not all(isinstance(tests, dict) and tests for tests in found.values()):
        raise _refuse()
    made = []
    for operator, tests in found.items():
        for name, values in tests.items():
            key = KEYS.get(name.lower(), "")
            held = tuple(_value(operator, value) for value in _words(values))
            condition = Condition(_QUANTIFIER.sub("", operator), key, held)
            if not is_understood(condition):
                raise _refuse()
            made.append(condition)
    return tuple(made)


def _value(operator: str, value: str) -> str:
    moment = read_moment(value) if "Date" in operator else None
    return value if moment is None else str(moment)


def statements(policy: Any) -> tuple[Statement, ...]:
    """What a policy means. Raises ``InvalidParameter`` (policy)."""
    if not isinstance(policy, dict) or set(policy) != {"Version", "Statement"} or policy["Version"] != "1.1":
        raise _refuse()
    found = policy["Statement"]
    if not isinstance(found, list) or not 0 < len(found) <= STATEMENTS_MOST:
        raise _refuse()
    return tuple(statement for item in found for statement in _statements(item))


def _statements(item: Any) -> Iterator[Statement]:
    """One statement for all resources without a region or domain, one for each other."""
    if not isinstance(item, dict) or not set(item) <= _MEMBERS or item.get("Effect") not in ("Allow", "Deny"):
        raise _refuse()
    actions = tuple(dict.fromkeys(action for word in _words(item.get("Action")) for action in meaning(word)))
    conditions = _conditions(item.get("Condition", {}))
    placed: dict[tuple[Condition, ...], list[str]] = {}
    for word in _words(item.get("Resource", ["*"])):
        resources, where = _resources(word)
        placed.setdefault(where, []).extend(resources)
    for where, names in placed.items():
        yield Statement(actions, tuple(names), item["Effect"] == "Allow", (*conditions, *where))
