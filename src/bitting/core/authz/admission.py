"""Who is let in before a resource is looked at, and what is told of one that is not there."""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.authz.engine import EVERYTHING_OF, SOMEWHERE, Scope, decide
from bitting.core.authz.statements import ACCOUNT_FAULTS, authorise, not_found_fault, require
from bitting.core.authz.vocabulary import FREE, NAMED, NAMED_USES
from bitting.core.model.identity import AccountState, Principal
from bitting.core.model.key import KeyRef
from bitting.core.use_case import UseCase


def admit(use: UseCase[Any, Any], principal: Principal) -> None:
    """Points 1 and 2: the account may use the service, the principal the action somewhere.

    The gate asks this of every request; a dialect whose cloud answers these before it looks at parameters
    asks it as well before it refuses a parameter. Where no resource is named, the action must be allowed on all of
    its kind: a right on one key is none to list, to create, or to change what belongs to others.

    Raises ``AccountFault`` or ``PermissionDenied``.
    """
    if principal.account_state is not AccountState.ACTIVE and not use.any_account_state:
        raise ACCOUNT_FAULTS[principal.account_state]
    if not principal.admin and not use.no_permission:
        require(decide(principal, use.action, asked_of(use)), use.action, "")


def asked_of(use: UseCase[Any, Any]) -> Scope:
    """Whether the right is asked for the whole kind of resource, as no particular one will be looked at."""
    if use.key is not None or use.action in FREE or use.action in NAMED or use.name in NAMED_USES:
        return SOMEWHERE
    return EVERYTHING_OF


def absent_fault(action: str, principal: Principal, ref: KeyRef) -> faults.Fault:
    """What somebody is told of a key that is not there: the same as of one that they may not use.

    A key named by its id is not found for who may use the key of that id; one named otherwise is not found only
    for who may use every key, as its id is known only where it exists.
    """
    if principal.admin or principal.operator:
        return not_found_fault(ref)
    try:
        authorise(principal, action, None)
    except faults.PermissionDenied as denied:
        return denied
    named = f"key/{ref.value}"
    try:
        authorise(principal, action, named if ref.kind == "id" else "key/*")
    except faults.ExplicitlyDenied as denied:
        return denied
    except faults.PermissionDenied:
        return faults.PermissionDenied(resource=named, action=action)
    return not_found_fault(ref)
