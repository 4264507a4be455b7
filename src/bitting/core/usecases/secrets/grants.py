"""Secret grants: a user may read one secret, without limit or until a date.

::

    SecretGrant ── part of what the grantee's statements allow (bitting.core.usecases.iam.credentials)

Grants to groups are stored and shown, but have no effect.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import User
from bitting.core.model.secret import Secret, SecretGrant
from bitting.core.quotas import require_room
from bitting.core.usecases.iam.credentials import GRANTED
from bitting.core.usecases.secrets.records import find_by_id, require_permission, touch

USER, GROUP = "user", "group"


@dataclass(slots=True)
class SetGrant:
    """``until_ms`` 0: no expiry. ``kind``: :data:`USER` or :data:`GROUP`.

    ``secret_group``: the id is that of a group of secrets; there are none, so it is not found.
    """

    secret_id: str
    grantee: str
    kind: str = USER
    until_ms: int = 0
    secret_group: bool = False


@dataclass(slots=True)
class SecretGrantCommand:
    """``grantee`` empty: every grant on the secret."""

    secret_id: str
    grantee: str = ""


@dataclass(frozen=True, slots=True)
class NamedGrant:
    """A grant and the name of its grantee; the grantee's id where the name is not known."""

    grant: SecretGrant
    grantee_name: str


@dataclass(slots=True)
class Grants:
    """A secret's grants."""

    secret: Secret
    grants: Sequence[NamedGrant]


def _require(context: Context, command: SetGrant | SecretGrantCommand) -> SecretGrant:
    grant = context.uow.of(SecretGrant).get(f"{command.secret_id}/{command.grantee}")
    if grant is None:
        raise faults.ResourceNotFound(kind="grant", resource=command.grantee)
    return grant


def _granted_secret(context: Context, command: SetGrant, action: str) -> Secret:
    """The secret, for somebody who has all that a grant gives: nobody grants more than they have."""
    if command.secret_group:
        raise faults.ResourceNotFound(kind="secret_id", resource=command.secret_id)
    secret = find_by_id(context, command.secret_id, action)
    for given in GRANTED:
        require_permission(context, secret.name, given, secret)
    return secret


@use_case("secret:create_grant", writes=True)
def create(context: Context, command: SetGrant) -> SecretGrant:
    """A new grant.

    Raises ``ResourceNotFound`` (``kind`` secret_id, user), ``ResourceExists`` (``kind`` grant), ``QuotaExceeded``.
    """
    secret = _granted_secret(context, command, "secret:create_grant")
    if command.kind == USER:
        user = context.uow.of(User).get(command.grantee)
        if user is None or user.account_id != context.principal.account_id:
            raise faults.ResourceNotFound(kind="user", resource=command.grantee)
    grants = context.uow.of(SecretGrant)
    if grants.get(f"{secret.id}/{command.grantee}") is not None:
        raise faults.ResourceExists(kind="grant", resource=command.grantee)
    require_room(context.uow, secret.ring, "grants_per_key", lambda: grants.count({"secret_id": secret.id}))
    grant = SecretGrant(
        id=f"{secret.id}/{command.grantee}",
        uid=context.gate.entropy.uuid(),
        secret_id=secret.id,
        secret_name=secret.name,
        account_id=secret.account_id,
        grantee=command.grantee,
        grantee_kind=command.kind,
        created_ms=context.now_ms,
        updated_ms=context.now_ms,
        until_ms=command.until_ms,
    )
    grants.add(grant)
    return grant


@use_case("secret:update_grant", writes=True)
def update(context: Context, command: SetGrant) -> SecretGrant:
    """Change the expiry. Raises ``ResourceNotFound`` (``kind`` secret_id, grant)."""
    _granted_secret(context, command, "secret:update_grant")
    grant = replace(_require(context, command), until_ms=command.until_ms, updated_ms=context.now_ms)
    context.uow.of(SecretGrant).put(grant)
    return grant


@use_case("secret:delete_grant", writes=True)
def delete(context: Context, command: SecretGrantCommand) -> Secret:
    """Delete one grant, or all. Raises ``ResourceNotFound`` (``kind`` secret_id, grant)."""
    secret = find_by_id(context, command.secret_id, "secret:delete_grant")
    grants = context.uow.of(SecretGrant)
    wanted = [_require(context, command)] if command.grantee else grants.find({"secret_id": secret.id})
    for grant in wanted:
        grants.remove(grant.id)
    return touch(context.uow, secret, secret.updated_ms)


@use_case("secret:list_grants")
def list_grants(context: Context, command: SecretGrantCommand) -> Grants:
    """Every grant on the secret, in the order of their grantees. Raises ``ResourceNotFound``."""
    secret = find_by_id(context, command.secret_id, "secret:list_grants")
    users = context.uow.of(User)
    found = []
    for grant in context.uow.of(SecretGrant).find({"secret_id": secret.id}):
        user = users.get(grant.grantee)
        found.append(NamedGrant(grant, user.name if user else grant.grantee))
    return Grants(secret, found)
