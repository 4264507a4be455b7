"""Custom policies as Huawei Cloud IAM writes them, and what they mean here.

::

    {"Version": "1.1", "Statement": [{"Effect": "Allow", "Action": ["kms:cmk:list"], "Resource": [...]}]}

    kms:cmk:<word>   kms:dek:<word>   csms:<kind>:<word>   with * at the end -> actions of this service
    kms:*:*:keyId:<id>, KMS:*:*:KeyId:<id>                                   -> that key; no resource: everything

Words that mean nothing to key management allow nothing, so policies made for other services can be kept as well.
Source: Huawei Cloud DEW "Permissions policies and supported actions"; where it names an action that covers several
operations, so does the table below.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bitting.core import faults
from bitting.core.model.identity import Statement

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
    "kms:capsule:manage": ("access_point:*", "key_policy:*"),
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
}
STATEMENTS_MOST, WORDS_MOST = 8, 100
_KEY_PARTS = 5


def _refuse() -> faults.InvalidParameter:
    return faults.InvalidParameter(parameter="policy", reason="format")


def _words(found: Any) -> list[str]:
    words = [found] if isinstance(found, str) else found
    if not isinstance(words, list) or len(words) > WORDS_MOST or not all(isinstance(word, str) for word in words):
        raise _refuse()
    return words


def _fits(pattern: str, name: str) -> bool:
    """Part by part: equal, or equal up to a star; a pattern may be shorter than the name."""
    parts = zip(pattern.split(":"), name.split(":"), strict=False)
    return all(part == held or (part.endswith("*") and held.startswith(part[:-1])) for part, held in parts)


def meaning(word: str) -> tuple[str, ...]:
    """What one action of a policy covers here; nothing for other services' actions."""
    if word in ("*", "*:*", "*:*:*"):
        return ("*",)
    pattern = word.lower()
    if "*" not in pattern:
        return next((actions for name, actions in ACTIONS.items() if name.lower() == pattern), ())
    covered = [actions for name, actions in ACTIONS.items() if _fits(pattern, name.lower())]
    return tuple(dict.fromkeys(action for actions in covered for action in actions))


def _resource(word: str) -> str:
    parts = word.split(":", _KEY_PARTS - 1)
    if word == "*" or (len(parts) == _KEY_PARTS and parts[4] == "*"):
        return "*"
    if len(parts) != _KEY_PARTS:
        raise _refuse()
    kind = {"keyid": "key", "secretname": "secret"}.get(parts[3].lower())
    if kind is None:
        raise _refuse()
    return f"{kind}/{parts[4]}"


def statements(policy: Any) -> tuple[Statement, ...]:
    """What a policy means. Raises ``InvalidParameter`` (policy)."""
    found = policy.get("Statement") if isinstance(policy, dict) else None
    if not isinstance(found, list) or not 0 < len(found) <= STATEMENTS_MOST:
        raise _refuse()
    made = []
    for item in found:
        if not isinstance(item, dict) or item.get("Effect") not in ("Allow", "Deny"):
            raise _refuse()
        actions = tuple(dict.fromkeys(action for word in _words(item.get("Action")) for action in meaning(word)))
        resources = tuple(_resource(word) for word in _words(item.get("Resource", ["*"])))
        made.append(Statement(actions, resources, allow=item["Effect"] == "Allow"))
    return tuple(made)
