"""What the engine decides, as faults; account states; which key ring a reference means."""

from __future__ import annotations

from dataclasses import replace

from bitting.core import faults
from bitting.core.authz.engine import EVERYTHING_OF, SOMEWHERE, Decision, decide
from bitting.core.model.identity import AccountState, Principal
from bitting.core.model.key import Key, KeyRef
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


def authorise(principal: Principal, action: str, resource: str | None, *more: str) -> None:
    """Return if allowed; ``resource`` None means any resource. ``more``: other names of the resource.

    Raises ``ExplicitlyDenied`` if a statement forbids it, ``PermissionDenied`` if none allows it.
    """
    require(decide(principal, action, SOMEWHERE if resource is None else (resource, *more)), action, resource or "")


def authorise_every(principal: Principal, action: str) -> None:
    """Return if allowed on every resource of the action's kind. Raises as :func:`authorise`."""
    require(decide(principal, action, EVERYTHING_OF), action, "")


def require(decision: Decision, action: str, resource: str) -> None:
    """Return if allowed. Raises ``ExplicitlyDenied`` if something forbids it, else ``PermissionDenied``."""
    if not decision.allowed:
        raise (faults.ExplicitlyDenied if decision.explicit else faults.PermissionDenied)(
            resource=resource, action=action
        )


def lasting(principal: Principal) -> Principal:
    """The principal with what is allowed whatever the conditions: no more than that can be passed on."""
    if not any(statement.conditions and statement.allow for statement in principal.statements):
        return principal
    kept = tuple(item for item in principal.statements if not (item.allow and item.conditions))
    return replace(principal, statements=kept)


def is_granted(principal: Principal, action: str, resource: str | None) -> bool:
    """Whether a grant allows it: on the key that the resource is, or on any."""
    if resource is None:
        return any(action in grant.actions for grant in principal.grants.values())
    grant = principal.grants.get(resource.partition("/")[2])
    return grant is not None and action in grant.actions


def placed_name(key: Key) -> str:
    """What statements of an enterprise project call the key."""
    return f"eps/{key.enterprise_project_id}/key/{key.id}"


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
