"""Resource policies: stored with a key or secret, evaluated by the gate.

::

    text as its owner wrote it  ─┐
    rules as the gate reads them ┴─ pack ──> one text field ──unpack──> Policy ──verdict──> allow | deny | no match

A rule's user is ``<account>/user/<name>``, ``<account>/role/<name>`` or ``<account>/*``. The last one is the account
itself: in an allow rule it has no effect, in a deny rule it denies every user. An action is a domain action,
``key:encrypt``; ``key:encrypt/Encrypt`` is that action asked for through the operation ``Encrypt`` only.

Combining (same account, Alibaba "overview of key policies"): denied if the policy or the user's own statements deny;
else allowed if either allows. Administrators of the owner's account are not bound by it, so an account cannot be
locked out of its own keys.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from bitting.core import faults
from bitting.core.authz.conditions import in_networks
from bitting.core.authz.engine import Decision
from bitting.core.model.identity import Condition, Principal, Statement

READ_MAX = 1024

#: What is done to one secret that is there; each asks the secret's policy (``usecases.secret_records.permit``).
SECRET_ACTIONS = frozenset(
    f"secret:{verb}"
    for verb in (
        *("describe", "get_value", "put_value", "list_versions", "update_version", "update_stage"),
        *("update", "rotate", "schedule_deletion", "delete", "restore"),
    )
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement. ``networks``: only from these; ``elsewhere``: only from outside these.

    ``after_ms`` and ``before_ms``: only between these moments; 0 for no such bound.
    """

    allow: bool
    users: tuple[str, ...]
    actions: tuple[str, ...]
    networks: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()
    after_ms: int = 0
    before_ms: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """``text``: as its owner wrote it, for showing."""

    text: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class PolicyRequest:
    """The request, as far as rules look at it. ``operation`` empty: the action as part of another operation."""

    action: str
    operation: str
    source: str
    now_ms: int


def pack(policy: Policy) -> str:
    """A policy as the text that is stored."""
    return json.dumps({"text": policy.text, "rules": [asdict(rule) for rule in policy.rules]}, separators=(",", ":"))


def unpack(stored: str) -> Policy:
    """The policy that :func:`pack` stored. Any other text is shown as it is and allows nothing."""
    try:
        found = json.loads(stored)
        return Policy(found["text"], tuple(_rule(fields) for fields in found["rules"]))
    except (ValueError, TypeError, KeyError):
        return Policy(stored, ())


def _rule(fields: dict[str, Any]) -> Rule:
    given: dict[str, Any] = {name: tuple(held) if isinstance(held, list) else held for name, held in fields.items()}
    return Rule(**given)


def require_same_account(stored: str, account_id: str) -> None:
    """Return if every user named is of the account. Raises ``InvalidParameter`` (``policy``).

    Resources are not reachable across accounts, so a rule for a user of another account could never apply.
    """
    for rule in unpack(stored).rules:
        if not all(user.startswith(f"{account_id}/") for user in rule.users):
            raise faults.InvalidParameter(parameter="policy", reason="account")


class PolicyCache:
    """Reads stored policies, and keeps the last 1024 read."""

    def __init__(self) -> None:
        self._read: dict[str, Policy] = {}

    def evaluate(self, stored: str, principal: Principal, attempt: PolicyRequest) -> Decision | None:
        """What the policy decides, or None if no rule matches. A denial comes first."""
        if not stored or not principal.user_id:
            return None
        policy = self._read.get(stored)
        if policy is None:
            if len(self._read) >= READ_MAX:
                self._read.clear()
            policy = self._read[stored] = unpack(stored)
        found = None
        for rule in policy.rules:
            if _rule_matches(rule, principal, attempt):
                if not rule.allow:
                    return Decision(allowed=False, why="policy_denied", statement=as_statement(rule))
                found = found or Decision(allowed=True, why="policy_allowed", statement=as_statement(rule))
        return found


def as_statement(rule: Rule, resource: str = "*") -> Statement:
    """A rule in the words of the engine, for explanations and comparisons."""
    conditions = [
        Condition(operator, "source_address", networks)
        for operator, networks in (("IpAddress", rule.networks), ("NotIpAddress", rule.elsewhere))
        if networks
    ]
    conditions += [
        Condition(operator, "current_time", (str(moment),))
        for operator, moment in (("DateGreaterThanEquals", rule.after_ms), ("DateLessThan", rule.before_ms))
        if moment
    ]
    return Statement(rule.actions, (resource,), rule.allow, tuple(conditions), "policy of the resource")


def _rule_matches(rule: Rule, principal: Principal, attempt: PolicyRequest) -> bool:
    return (
        _matches_user(rule, principal)
        and any(_matches_action(pattern, attempt) for pattern in rule.actions)
        and _matches_source(rule, attempt.source)
        and rule.after_ms <= attempt.now_ms
        and (not rule.before_ms or attempt.now_ms < rule.before_ms)
    )


def _matches_source(rule: Rule, source: str) -> bool:
    """Where the source is no address, nothing is allowed and what is denied is denied."""
    inside = in_networks(rule.networks, source) if rule.networks else True
    outside = in_networks(rule.elsewhere, source) if rule.elsewhere else False
    if inside is None or outside is None:
        return not rule.allow
    return inside and not outside


def _matches_user(rule: Rule, principal: Principal) -> bool:
    account = principal.account_id
    everyone = not rule.allow and f"{account}/*" in rule.users
    return everyone or f"{account}/user/{principal.name}" in rule.users


def _matches_action(pattern: str, attempt: PolicyRequest) -> bool:
    action, _, operation = pattern.partition("/")
    return action == attempt.action and (not operation or not attempt.operation or operation == attempt.operation)
