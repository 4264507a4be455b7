"""Statements of a principal, and grants on single keys.

::

    a statement that forbids it   >   a statement that allows it   >   a grant that names the action   >   denied
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.model.identity import AccountState, Principal, Statement
from bitting.core.model.key import KeyRef
from bitting.core.model.service import Switches

#: The fault for each account state that bars the account.
ACCOUNT_FAULTS: dict[AccountState, type[faults.AccountFault]] = {
    AccountState.IN_DEBT: faults.AccountInDebt,
    AccountState.OVERDUE: faults.AccountOverdue,
    AccountState.FROZEN: faults.AccountFrozen,
    AccountState.AT_RISK: faults.AccountAtRisk,
    AccountState.NOT_ENABLED: faults.ServiceNotEnabled,
    AccountState.UNVERIFIED: faults.AccountUnverified,
    AccountState.INVALID_USER: faults.AccountInvalid,
    AccountState.INVALID_PARTNER: faults.AccountPartnerInvalid,
}


def matches(pattern: str, value: str) -> bool:
    """Whether a policy pattern covers a value: equal, or equal up to a final ``*``."""
    if pattern.endswith("*"):
        return value.startswith(pattern[:-1])
    return pattern == value


def _covers(statement: Statement, action: str, resources: tuple[str, ...]) -> bool:
    # Plain loops: this runs four times in a hot request, and generators would be a third of the gate's time.
    for pattern in statement.actions:
        if pattern == action or matches(pattern, action):
            break
    else:
        return False
    if not resources:
        return True
    for pattern in statement.resources:
        for name in resources:
            if matches(pattern, name):
                return True
    return False


def authorise(principal: Principal, action: str, resource: str | None, *more: str) -> None:
    """Return if allowed; ``resource`` None means any resource. ``more``: other names of the resource.

    Raises ``ExplicitlyDenied`` if a statement forbids it, ``PermissionDenied`` if none allows it.
    """
    names = () if resource is None else (resource, *more)
    allowed = False
    for statement in principal.statements:
        if not _covers(statement, action, names):
            continue
        if statement.allow:
            allowed = True
        elif resource is not None or "*" in statement.resources:
            raise faults.ExplicitlyDenied(resource=resource or "", action=action)
    if not allowed and not is_granted(principal, action, resource):
        raise faults.PermissionDenied(resource=resource or "", action=action)


def is_granted(principal: Principal, action: str, resource: str | None) -> bool:
    """Whether a grant allows it: on the key that the resource is, or on any."""
    if resource is None:
        return any(action in grant.actions for grant in principal.grants.values())
    grant = principal.grants.get(resource.partition("/")[2])
    return grant is not None and action in grant.actions


def ring_of(principal: Principal, ref: KeyRef) -> str:
    """The key ring to look in: the owner's if the key was granted, else the principal's."""
    grant = principal.grants.get(ref.value) if principal.grants and ref.kind == "id" else None
    return grant.ring if grant is not None else principal.ring


def is_offline(switches: Switches, region: str) -> bool:
    """Whether the operator has switched a logical region off."""
    return region in {name.strip() for name in switches.offline_regions.split(",")}


def not_found_fault(ref: KeyRef) -> faults.NotFound:
    """The fault for a key that does not exist for this principal."""
    if ref.kind == "alias":
        return faults.KeyNotFound(resource=ref.value, named="alias")
    if ref.kind == "version":
        return faults.CiphertextKeyNotFound(resource=ref.value)
    return faults.KeyNotFound(resource=ref.value, named="id")
