"""Custom roles, role assignments, and permanent access keys. For administrators of the account.

A change takes effect with the next request of the user. Source: as for :mod:`bitting.core.usecases.iam.users`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bitting.core import faults
from bitting.core.authz import roles
from bitting.core.gate import Context, use_case
from bitting.core.model.iam import Assignment, Group, Role, assignment_id
from bitting.core.model.identity import AccessKey, Project, Statement, User
from bitting.core.usecases.iam.accounts import add_access_key
from bitting.core.usecases.iam.held_rights import guarded, holders, members
from bitting.core.usecases.iam.users import (
    PER_ACCOUNT_MAX,
    ById,
    ListByName,
    find_by_name,
    find_owned,
    remove_assignments,
    require_name,
)


@dataclass(slots=True)
class SetRole:
    """``id`` empty: a new role. ``statements``: what ``text``, as its author wrote it, means."""

    name: str
    statements: Sequence[Statement]
    text: str
    id: str = ""
    description: str = ""
    scope: str = "AX"


@dataclass(slots=True)
class RoleBinding:
    """A role for a user or group (``holder_kind``) in a domain, project or enterprise project (``place_kind``)."""

    holder_kind: str
    holder_id: str
    place_kind: str
    place_id: str
    role_id: str = ""


@dataclass(slots=True)
class NewKey:
    """For the user named, or the caller."""

    user_id: str = ""


@dataclass(slots=True)
class CreatedAccessKey:
    """``secret`` is shown this once."""

    record: AccessKey
    secret: str = field(repr=False)


@dataclass(slots=True)
class RoleView:
    """A role for display; built-in ones have neither text nor times."""

    id: str
    name: str
    description: str = ""
    text: str = ""
    created_ms: int = 0
    updated_ms: int = 0


def _view(role: Role) -> RoleView:
    return RoleView(role.id, role.name, role.description, role.text, role.created_ms, role.updated_ms)


@use_case("role:update", writes=True)
def set_role(context: Context, command: SetRole) -> RoleView:
    """Create or replace a custom policy.

    Raises ``ResourceNotFound``, ``PermissionDenied`` if it allows more than its author has, as :func:`_require_name`.
    """
    rules = tuple(roles.write_rule(statement) for statement in command.statements)
    records = context.uow.of(Role)
    stored = find_owned(context, Role, command.id) if command.id else None
    if stored is None or stored.name != command.name:
        require_name(context, Role, command.name)
    role = Role(
        id=stored.id if stored else context.gate.entropy.random(16).hex(),
        account_id=context.principal.account_id,
        name=command.name,
        description=command.description,
        scope=command.scope,
        text=command.text,
        rules=rules,
        created_ms=stored.created_ms if stored else context.now_ms,
        updated_ms=context.now_ms,
    )
    with guarded(context, holders(context.uow, role.id), _in_domain(context, role.id)):
        (records.put if stored else records.add)(role)
    return _view(role)


def _in_domain(context: Context, role_id: str) -> Assignment:
    """The role as it would be assigned in the whole account: what an author must have to write it."""
    principal = context.principal
    return Assignment("", principal.account_id, role_id, "user", "", "domain", principal.domain_id)


@use_case("role:list")
def list_roles(context: Context, command: ListByName) -> Sequence[RoleView]:
    """Built-in roles and the account's own."""
    built_in = [RoleView(roles.built_in_id(name), name) for name in roles.BUILT_IN if command.name in ("", name)]
    return [*built_in, *(_view(role) for role in find_by_name(context, Role, command.name))]


@use_case("role:describe")
def show_role(context: Context, command: ById) -> RoleView:
    """One role. Raises ``ResourceNotFound``."""
    name = roles.built_in_name(command.id)
    return RoleView(command.id, name) if name else _view(find_owned(context, Role, command.id))


@use_case("role:delete", writes=True)
def delete_role(context: Context, command: ById) -> None:
    """Delete a custom policy and its assignments. Raises ``ResourceNotFound``, ``PermissionDenied``."""
    stored = find_owned(context, Role, command.id)
    with guarded(context, holders(context.uow, stored.id)):
        remove_assignments(context, {"role_id": stored.id})
    context.uow.of(Role).remove(stored.id)


def _require_place(context: Context, command: RoleBinding) -> None:
    """Raises ``ResourceNotFound`` for a holder, place or role that is not the account's."""
    principal = context.principal
    if command.holder_kind == "user":
        find_owned(context, User, command.holder_id)
    else:
        find_owned(context, Group, command.holder_id)
    if command.place_kind == "domain" and command.place_id != principal.domain_id:
        raise faults.ResourceNotFound(kind="domain", resource=command.place_id)
    if command.place_kind == "project":
        project = context.uow.of(Project).get(command.place_id)
        if project is None or project.account_id != principal.account_id:
            raise faults.ResourceNotFound(kind="project", resource=command.place_id)
    if command.role_id and not roles.built_in_name(command.role_id):
        find_owned(context, Role, command.role_id)


def _assignment(context: Context, command: RoleBinding) -> Assignment:
    """The assignment record, stored or new. Raises as :func:`_require_place`."""
    _require_place(context, command)
    record_id = assignment_id(
        command.role_id, command.holder_kind, command.holder_id, command.place_kind, command.place_id
    )
    return Assignment(
        id=record_id,
        account_id=context.principal.account_id,
        role_id=command.role_id,
        holder_kind=command.holder_kind,
        holder_id=command.holder_id,
        place_kind=command.place_kind,
        place_id=command.place_id,
    )


@use_case("role:assign", writes=True)
def assign(context: Context, command: RoleBinding) -> None:
    """Assign a role; an existing assignment is not an error.

    Raises ``ResourceNotFound``, ``PermissionDenied`` if the role, or a user who gets it, has more than the caller.
    """
    created, records = _assignment(context, command), context.uow.of(Assignment)
    with guarded(context, _affected(context, command), created):
        if records.get(created.id) is None:
            records.add(created)


def _affected(context: Context, command: RoleBinding) -> list[str]:
    return [command.holder_id] if command.holder_kind == "user" else members(context.uow, command.holder_id)


@use_case("role:check_assignment")
def require_assignment(context: Context, command: RoleBinding) -> None:
    """Return if the role is assigned. Raises ``ResourceNotFound``."""
    if context.uow.of(Assignment).get(_assignment(context, command).id) is None:
        raise faults.ResourceNotFound(kind="assignment", resource=command.role_id)


@use_case("role:unassign", writes=True)
def unassign(context: Context, command: RoleBinding) -> None:
    """Remove a role assignment. Raises ``ResourceNotFound``, ``PermissionDenied`` as :func:`assign`."""
    with guarded(context, _affected(context, command)):
        removed = context.uow.of(Assignment).remove(_assignment(context, command).id)
    if not removed:
        raise faults.ResourceNotFound(kind="assignment", resource=command.role_id)


@use_case("role:list_assigned")
def list_assigned(context: Context, command: RoleBinding) -> Sequence[RoleView]:
    """The roles of a user or group in a domain or project. Raises ``ResourceNotFound``."""
    _require_place(context, command)
    where = {"holder_id": command.holder_id, "place_kind": command.place_kind, "place_id": command.place_id}
    found = context.uow.of(Assignment).find(where, limit=PER_ACCOUNT_MAX)
    return [show_role.run(context, ById(stored.role_id)) for stored in found]


@use_case("access_key:create", writes=True)
def create_key(context: Context, command: NewKey) -> CreatedAccessKey:
    """A permanent access key. Raises ``ResourceNotFound``, ``PermissionDenied`` for a user who has more rights."""
    user = find_owned(context, User, command.user_id or context.principal.user_id)
    with guarded(context, (user.id,)):
        pass  # the key changes nothing of what its user holds
    key_id, secret = add_access_key(context.uow, context.gate.vault, context.now_ms, user.account_id, user.id)
    created = context.uow.of(AccessKey).get(key_id)
    assert created is not None  # noqa: S101 - it was just added
    return CreatedAccessKey(created, secret)


@use_case("access_key:list")
def list_keys(context: Context, command: NewKey) -> Sequence[AccessKey]:
    """A user's permanent access keys. Raises ``ResourceNotFound``."""
    user = find_owned(context, User, command.user_id or context.principal.user_id)
    found = context.uow.of(AccessKey).find({"user_id": user.id}, limit=PER_ACCOUNT_MAX)
    return [key for key in found if not key.token_digest]


@use_case("access_key:delete", writes=True)
def delete_key(context: Context, command: ById) -> None:
    """Delete an access key. Raises ``ResourceNotFound``, ``PermissionDenied`` for one of a user with more rights."""
    stored = context.uow.of(AccessKey).get(command.id)
    if stored is None or stored.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="credential", resource=command.id)
    with guarded(context, (stored.user_id,)):
        context.uow.of(AccessKey).remove(stored.id)
