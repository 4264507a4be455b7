"""Grants: rights on one key, given to a user or to a whole domain (an account).

::

    create   key, grantee, actions -> Grant       in force from the grantee's next request on
    revoke   by the key's creator, the grant's creator, or an administrator of the key's account
    retire   by the grant's creator, its retiring principal, or a grantee whom it allows to

A grantee of another account names the key by its id and reaches that key alone (:mod:`bitting.core.gate`).
Source: create-grant, revoke-grant, retire-grant, list-grants and list-retirable-grants of Huawei Cloud DEW.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bitting.core import faults
from bitting.core.authz.statements import authorise, is_granted, lasting, placed_name, ring_of
from bitting.core.gate import Context, use_case
from bitting.core.model.grant import Grant
from bitting.core.model.identity import Account, Principal, User
from bitting.core.model.key import KeyRef
from bitting.core.ports import UnitOfWork
from bitting.core.quotas import require_room
from bitting.core.usecases.keys import keystores

USER, DOMAIN = "user", "domain"
CREATE, RETIRE = "grant:create", "grant:retire"
RETIRABLE_MAX = 1000


@dataclass(slots=True)
class CreateGrant:
    """``grantee_kind``: ``user`` or ``domain``."""

    key: KeyRef
    grantee: str
    actions: Sequence[str]
    grantee_kind: str = USER
    name: str = ""
    retiring: str = ""


@dataclass(slots=True)
class GrantCommand:
    """A grant of a key."""

    key: KeyRef
    grant_id: str


@dataclass(slots=True)
class ListGrants:
    """A page of a key's grants, oldest first."""

    key: KeyRef
    offset: int = 0
    limit: int = 100


@dataclass(slots=True)
class ListRetirable:
    """A page of the grants that the caller may retire, oldest first."""

    offset: int = 0
    limit: int = 100


@dataclass(slots=True)
class GrantPage:
    """``total`` counts every grant, not only this page."""

    grants: Sequence[Grant]
    total: int
    offset: int


def _key(command: CreateGrant | GrantCommand | ListGrants) -> KeyRef:
    return command.key


def _require_grantee(uow: UnitOfWork, command: CreateGrant) -> None:
    """Raises ``InvalidParameter`` (grantee, retiring) for an unknown user or domain."""
    if command.grantee_kind == DOMAIN:
        known = bool(uow.of(Account).count({"domain_id": command.grantee}))
    else:
        known = uow.of(User).get(command.grantee) is not None
    if not known:
        raise faults.InvalidParameter(parameter="grantee", reason="unknown")
    if command.retiring and uow.of(User).get(command.retiring) is None:
        raise faults.InvalidParameter(parameter="retiring", reason="unknown")


def _require_own(context: Context, actions: Sequence[str]) -> None:
    """The grantor must have every action itself, and without conditions: a grant has none.

    Raises ``PermissionDenied`` or ``ExplicitlyDenied``.
    """
    principal, key = lasting(context.principal), context.key
    if (
        ring_of(principal, KeyRef.by_id(key.id)) != principal.ring
    ):  # of another account: grants are its only permissions
        if not all(is_granted(principal, action, f"key/{key.id}") for action in actions):
            raise faults.KeyPermissionDenied(resource=key.id)
        return
    if not principal.admin:
        for action in actions:
            authorise(principal, action, f"key/{key.id}", placed_name(key))


@use_case(CREATE, key=_key, states="use", writes=True)
def create(context: Context, command: CreateGrant) -> Grant:
    """A new grant.

    Raises ``ServiceKeyProtected``, ``PartitionDenied``, ``InvalidParameter`` (grantee, retiring),
    ``KeyPermissionDenied``, ``QuotaExceeded`` (``limit`` grants_per_key, grants).
    """
    key, uow = context.key, context.uow
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)
    keystores.require_grants(uow, key)
    _require_grantee(uow, command)
    _require_own(context, command.actions)
    grants = uow.of(Grant)
    require_room(uow, key.ring, "grants_per_key", lambda: grants.count({"key_id": key.id}))
    require_room(uow, key.ring, "grants", lambda: grants.count({"key_ring": key.ring}))
    grant = Grant(
        id=context.gate.entropy.random(32).hex(),
        number=uow.next_number("grants"),
        key_id=key.id,
        key_ring=key.ring,
        account_id=key.account_id,
        name=command.name,
        actions=tuple(command.actions),
        grantee=command.grantee,
        grantee_kind=command.grantee_kind,
        retiring=command.retiring,
        creator=context.principal.user_id,
        created_ms=context.now_ms,
    )
    grants.add(grant)
    return grant


def _find(context: Context, grant_id: str) -> Grant:
    """Raises ``ResourceNotFound`` (``kind`` grant), ``InvalidParameter`` for a grant of another key."""
    grant = context.uow.of(Grant).get(grant_id)
    if grant is None or (grant.key_id != context.key.id and grant.key_ring != context.key.ring):
        raise faults.ResourceNotFound(kind="grant", resource=grant_id)
    if grant.key_id != context.key.id:
        raise faults.InvalidParameter(parameter="grant_id", reason="other_key")
    return grant


@use_case("grant:revoke", key=_key, writes=True)
def revoke(context: Context, command: GrantCommand) -> Grant:
    """Revoke a grant. Raises ``KeyPermissionDenied`` and as :func:`_find`."""
    principal, grant = context.principal, _find(context, command.grant_id)
    if not principal.admin and principal.user_id not in {context.key.creator, grant.creator}:
        raise faults.KeyPermissionDenied(resource=context.key.id)
    context.uow.of(Grant).remove(grant.id)
    return grant


def is_grantee(principal: Principal, grant: Grant) -> bool:
    """Whether this principal is the grantee."""
    who = principal.domain_id if grant.grantee_kind == DOMAIN else principal.user_id
    return grant.grantee == who


def may_retire(principal: Principal, grant: Grant) -> bool:
    """Whether this principal may retire the grant."""
    if principal.user_id in {grant.creator, grant.retiring}:
        return True
    return RETIRE in grant.actions and is_grantee(principal, grant)


@use_case(RETIRE, writes=True, no_permission=True)
def retire(context: Context, command: GrantCommand) -> Grant:
    """Retire a grant. Raises ``KeyNotFound``, ``KeyPermissionDenied`` and as :func:`_find`."""
    grant = context.uow.of(Grant).get(command.grant_id)
    if grant is None or not may_retire(context.principal, grant):
        # A caller who is no party to the grant gets the answer for the key.
        further = context.gate.with_key(context, command.key, RETIRE, "read")
        _find(further, command.grant_id)
        raise faults.KeyPermissionDenied(resource=further.key.id)
    if grant.key_id != command.key.value:
        raise faults.InvalidParameter(parameter="grant_id", reason="other_key")
    context.uow.of(Grant).remove(grant.id)
    return grant


@use_case("grant:list", key=_key)
def list_of_key(context: Context, command: ListGrants) -> GrantPage:
    """One page of a key's grants."""
    grants = context.uow.of(Grant)
    where = {"key_id": context.key.id}
    found = grants.find(where, order="number", offset=command.offset, limit=command.limit)
    return GrantPage(found, grants.count(where), command.offset)


@use_case("grant:list_retirable", no_permission=True)
def list_retirable(context: Context, command: ListRetirable) -> GrantPage:
    """One page of the grants that the caller may retire."""
    principal = context.principal
    found: dict[str, Grant] = {}
    for field, who in (("retiring", principal.user_id), ("creator", principal.user_id), ("grantee", principal.user_id),
                       ("grantee", principal.domain_id)):  # fmt: skip
        for grant in context.uow.of(Grant).find({field: who}, order="number", limit=RETIRABLE_MAX):
            if may_retire(principal, grant):
                found[grant.id] = grant
    ordered = sorted(found.values(), key=lambda grant: grant.number)
    return GrantPage(ordered[command.offset : command.offset + command.limit], len(ordered), command.offset)
