"""Why somebody may or may not do something: which statement decides. For operators.

::

    explain   principal, action, resource, context -> Explanation

The question goes to the engine that answers requests (:mod:`bitting.core.authz.engine`), for the principal as its
credentials make it. What the engine does not know is not in the answer: states of keys, quotas, the account's state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.authz.conditions import read_moment
from bitting.core.authz.engine import EVERYTHING_OF, Decision, Resources, bind, decide
from bitting.core.authz.resource_policies import PolicyCache, PolicyRequest
from bitting.core.authz.statements import placed_name
from bitting.core.authz.vocabulary import is_known
from bitting.core.gate import Context, use_case
from bitting.core.key_cache import Reader
from bitting.core.model.identity import AccessKey, ClientKey, Principal, User
from bitting.core.model.key import Key
from bitting.core.model.secret import Secret
from bitting.core.usecases.iam.credentials import client_key, principal_of

_CONTEXT = frozenset({"source_address", "current_time", "operation", "project_id"})


@dataclass(slots=True)
class Explain:
    """``principal``: an access key's or client key's id, a user's id, or the name of a user of ``account_id``.

    ``resource``: ``key/<id>``, ``secret/<name>`` and the like; empty for every one of its kind. ``context``:
    ``source_address``, ``current_time``, ``operation`` (as policies of resources name it), ``project_id``.
    """

    account_id: str
    principal: str
    action: str
    resource: str = ""
    context: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class Explanation:
    """What was decided, and the statement that decided it, if one did.

    ``why`` as in :class:`~bitting.core.authz.engine.Decision`; ``administrator``; ``elsewhere`` for a key or secret
    that is not there for the principal.
    """

    allowed: bool
    why: str
    origin: str = ""
    effect: str = ""
    actions: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()


@use_case("service:read", operator=True)
def explain(context: Context, command: Explain) -> Explanation:
    """Which statement decides. Raises ``ResourceNotFound`` (principal), ``InvalidParameter`` (action, context)."""
    texts = {name: str(value) for name, value in command.context.items()}
    now_ms = read_moment(texts["current_time"]) if "current_time" in texts else context.now_ms
    if not set(texts) <= _CONTEXT or now_ms is None:
        raise faults.InvalidParameter(parameter="context", reason="enum")
    if not is_known(command.action) or "*" in command.action:
        raise faults.InvalidParameter(parameter="action", reason="enum")
    found = _principal(context, command, texts.get("project_id", ""))
    source = texts.get("source_address", "")
    principal = bind(found, source, now_ms, context.gate.region)
    if principal.admin:
        return Explanation(allowed=True, why="administrator")
    attempt = PolicyRequest(command.action, texts.get("operation", ""), source, now_ms)
    policy, resources, is_there = _resource(context, principal, command.resource, attempt)
    decision = decide(principal, command.action, resources, policy)
    if not is_there and not decision.explicit and decision.why != "granted":
        return Explanation(allowed=False, why="elsewhere")
    return _shown(decision)


def _shown(decision: Decision) -> Explanation:
    statement = decision.statement
    if statement is None:
        return Explanation(decision.allowed, decision.why)
    conditions = tuple(f"{c.operator} {c.key} {', '.join(c.values)}" for c in statement.conditions)
    effect = "allow" if statement.allow else "deny"
    return Explanation(
        decision.allowed, decision.why, statement.origin, effect, statement.actions, statement.resources, conditions
    )


def _principal(context: Context, command: Explain, project_id: str) -> Principal:
    uow, name = context.uow, command.principal
    if uow.of(ClientKey).get(name) is not None:
        credential = client_key(context.view, name)
        if credential is not None and credential.principal.account_id == command.account_id:
            return credential.principal
    held = uow.of(AccessKey).get(name)
    users = uow.of(User)
    user = users.get(held.user_id if held else name)
    by_name = users.find({"account_id": command.account_id, "name": name}, limit=1)
    for one in (user, *by_name):
        if one is not None and one.account_id == command.account_id:
            place = project_id or (held.project_id if held else "")
            principal = principal_of(Reader(uow), one.account_id, one.id, held.id if held else "", place)
            if principal is not None:
                return principal
    raise faults.ResourceNotFound(kind="principal", resource=name)


def _resource(
    context: Context, principal: Principal, resource: str, attempt: PolicyRequest
) -> tuple[Decision | None, Resources, bool]:
    """What the resource's policy decides, what the resource is called, and whether it is there for the principal."""
    kind, _, name = resource.partition("/")
    if not resource:
        return None, EVERYTHING_OF, True
    policies = PolicyCache()
    if kind == "key":
        key = context.uow.of(Key).get(name)
        if key is None or key.ring != principal.ring:
            return None, (resource,), False
        return policies.evaluate(key.policy, principal, attempt), (resource, placed_name(key)), True
    if kind == "secret":
        where: dict[str, object] = {"ring": principal.ring, "name": name}
        for secret in context.uow.of(Secret).find(where, limit=1):
            return policies.evaluate(secret.policy, principal, attempt), (resource,), True
    return None, (resource,), True
