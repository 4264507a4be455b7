"""Grants and quotas in this API's words."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.model.grant import Grant
from bitting.core.usecases.keys.grants import CREATE, RETIRE, GrantPage
from bitting.core.usecases.operator.quota_admin import Usage
from bitting.dialects.huawei.rows import HuaweiCall

#: Operations that can be granted -> the action of each.
ACTIONS = {
    "create-datakey": "key:generate_data_key",
    "create-datakey-without-plaintext": "key:generate_data_key_sealed",
    "encrypt-datakey": "key:encrypt_data_key",
    "decrypt-datakey": "key:decrypt_data_key",
    "describe-key": "key:describe",
    "create-grant": CREATE,
    "retire-grant": RETIRE,
    "encrypt-data": "key:encrypt",
    "decrypt-data": "key:decrypt",
}
_WORDS = {action: word for word, action in ACTIONS.items()}


def create(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """The right to grant is not enough for a grant."""
    actions = list(dict.fromkeys(arguments["actions"]))
    if actions == [CREATE]:
        raise faults.InvalidParameter(parameter="operations", reason="only_grants")
    arguments["actions"] = actions


def made(grant: Grant, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """The grant's id."""
    return {"grant_id": grant.id}


def _shown(grant: Grant) -> dict[str, Any]:
    return {
        "key_id": grant.key_id,
        "grant_id": grant.id,
        "grantee_principal": grant.grantee,
        "grantee_principal_type": grant.grantee_kind,
        "operations": [_WORDS[action] for action in grant.actions if action in _WORDS],
        "issuing_principal": grant.creator,
        "creation_date": str(grant.created_ms),
        "name": grant.name,
        "retiring_principal": grant.retiring,
    }


def page(found: GrantPage, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """A page. ``next_marker`` is empty at the end: clients that go by it alone stop there."""
    end = found.offset + len(found.grants)
    more = bool(found.grants) and end < found.total
    return {
        "grants": [_shown(grant) for grant in found.grants],
        "next_marker": str(end) if more else "",
        "truncated": "true" if more else "false",
        "total": found.total,
    }


def quotas(found: Usage, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Both quotas, in numbers."""
    held = (("CMK", found.keys), ("grant_per_CMK", found.grants))
    return {"quotas": {"resources": [{"type": name, "used": it.used, "quota": it.limit} for name, it in held]}}


def instances(found: Usage, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """How many keys there are, those of services not counted."""
    return {"instance_num": found.keys.used}
