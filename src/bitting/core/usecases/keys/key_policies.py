"""Key policies: the resource policy of a key (evaluated by :mod:`bitting.core.authz.resource_policies`)."""

from __future__ import annotations

from dataclasses import dataclass, replace

from bitting.core.authz.resource_policies import require_same_account
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef


@dataclass(slots=True)
class GetPolicy:
    """Of which key."""

    key: KeyRef


@dataclass(slots=True)
class SetPolicy:
    """``policy``: as :func:`bitting.core.authz.resource_policies.pack` made it; empty removes the policy."""

    key: KeyRef
    policy: str


def _key(command: GetPolicy | SetPolicy) -> KeyRef:
    return command.key


@use_case("key:get_policy", key=_key, name="get_key_policy")
def get(context: Context, command: GetPolicy) -> Key:  # noqa: ARG001 - the gate has found it
    """The key, with its policy as stored."""
    return context.key


@use_case("key:set_policy", key=_key, states="edit", writes=True, name="set_key_policy")
def set_(context: Context, command: SetPolicy) -> Key:
    """Replace the policy; takes effect with the next request. Raises ``InvalidParameter`` (policy)."""
    require_same_account(command.policy, context.key.account_id)
    changed = replace(context.key, policy=command.policy)
    context.uow.of(Key).put(changed)
    return changed
