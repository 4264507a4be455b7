"""Users, groups, roles of an account, and who has which role where. For its administrators.

::

    user ──member of──> group ──has──> role ──> statements          credentials.py reads them on every request,
      └───────────────────has──────────> role                       through the cache: changes count at once

Source: OpenStack Identity API v3 and Huawei Cloud IAM ("User", "User group", "Permission", "Custom policy").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bitting.core import faults, roles
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import AccessKey, Project, Statement, Token, User
from bitting.core.model.people import Assignment, Group, Membership, Role, assignment_id
from bitting.core.usecases.accounts import add_access_key, hash_password

READ, WRITE = "people:read", "people:write"
PER_ACCOUNT_MAX = 10_000
NAME_MOST, PASSWORD_LEAST, PASSWORD_MOST = 64, 6, 32
PLACES, HOLDERS = ("domain", "project", "enterprise"), ("user", "group")
T = TypeVar("T", User, Group, Role)


@dataclass(slots=True)
class One:
    """By id."""

    id: str


@dataclass(slots=True)
class Listing:
    """All of the account's, or the one of this name; at most ``PER_ACCOUNT_MAX``."""

    name: str = ""


@dataclass(slots=True)
class CreateUser:
    """Without a password the user signs with access keys only."""

    name: str
    password: str = field(default="", repr=False)
    enabled: bool = True


@dataclass(slots=True)
class UpdateUser:
    """What is None stays as it is."""

    id: str
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    enabled: bool | None = None


@dataclass(slots=True)
class SetGroup:
    """``id`` empty: a new group. What is None stays as it is."""

    id: str = ""
    name: str | None = None
    description: str | None = None


@dataclass(slots=True)
class Member:
    """A user and a group."""

    group_id: str
    user_id: str


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
class Place:
    """Somebody (``holder_kind``: user, group), somewhere (``place_kind``: domain, project, enterprise), a role."""

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
class MadeKey:
    """``secret`` is shown this once."""

    record: AccessKey
    secret: str = field(repr=False)


@dataclass(slots=True)
class RoleFace:
    """A role as it is shown; built-in ones have neither text nor times."""

    id: str
    name: str
    description: str = ""
    text: str = ""
    created_ms: int = 0
    updated_ms: int = 0


def _own(context: Context, kind: type[T], record_id: str) -> T:
    """A record of the caller's account. Raises ``ResourceNotFound`` (``kind``)."""
    held = context.uow.of(kind).get(record_id)
    if held is None or held.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind=kind.__name__.lower(), resource=record_id)
    return held


def _listed(context: Context, kind: type[T], name: str) -> Sequence[T]:
    where: dict[str, object] = {"account_id": context.principal.account_id}
    if name:
        where["name"] = name
    return context.uow.of(kind).find(where, order="name", limit=PER_ACCOUNT_MAX)


def _demand_name(context: Context, kind: type[T], name: str) -> None:
    """Raises ``InvalidParameter`` (name), ``ResourceExists``, ``QuotaExceeded``."""
    if not 0 < len(name) <= NAME_MOST:
        raise faults.InvalidParameter(parameter="name", reason="length")
    records, account_id = context.uow.of(kind), context.principal.account_id
    if records.count({"account_id": account_id, "name": name}):
        raise faults.ResourceExists(kind=kind.__name__.lower(), resource=name)
    if records.count({"account_id": account_id}) >= PER_ACCOUNT_MAX:
        raise faults.QuotaExceeded(limit=kind.__name__.lower(), resource=account_id)


def _record_of(password: str) -> str:
    """What is stored of a password; nothing matches the record of none. Raises ``InvalidParameter`` (password)."""
    if not password:
        return "none"
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise faults.InvalidParameter(parameter="password", reason="length")
    return hash_password(password)


@use_case(WRITE, writes=True)
def create_user(context: Context, command: CreateUser) -> User:
    """A new user without any right. Raises as :func:`_demand_name`, ``InvalidParameter`` (password)."""
    _demand_name(context, User, command.name)
    user = User(
        id=context.gate.entropy.random(16).hex(),
        account_id=context.principal.account_id,
        name=command.name,
        password=_record_of(command.password),
        enabled=command.enabled,
        admin=False,
        created_ms=context.now_ms,
    )
    context.uow.of(User).add(user)
    return user


@use_case(READ)
def list_users(context: Context, command: Listing) -> Sequence[User]:
    """The account's users by name."""
    return _listed(context, User, command.name)


@use_case(READ)
def show_user(context: Context, command: One) -> User:
    """One user. Raises ``ResourceNotFound``."""
    return _own(context, User, command.id)


@use_case(WRITE, writes=True)
def update_user(context: Context, command: UpdateUser) -> User:
    """Change a user. A new password, or disabling, ends every token the user holds.

    Raises ``ResourceNotFound``, and as :func:`create_user`.
    """
    held = _own(context, User, command.id)
    if command.name is not None and command.name != held.name:
        _demand_name(context, User, command.name)
    changed = replace(
        held,
        name=held.name if command.name is None else command.name,
        password=held.password if command.password is None else _record_of(command.password),
        enabled=held.enabled if command.enabled is None else command.enabled,
    )
    context.uow.of(User).put(changed)
    if command.password is not None or not changed.enabled:
        _end_tokens(context, held.id)
    return changed


def _end_tokens(context: Context, user_id: str) -> None:
    tokens = context.uow.of(Token)
    while found := tokens.find({"user_id": user_id}):
        for token in found:
            tokens.remove(token.id)


@use_case(WRITE, writes=True)
def delete_user(context: Context, command: One) -> None:
    """Remove a user with keys, tokens, memberships and roles. Raises ``ResourceNotFound``, ``ResourceInUse``."""
    held = _own(context, User, command.id)
    if held.id == context.principal.user_id:
        raise faults.ResourceInUse(resource=held.id)
    _end_tokens(context, held.id)
    for key in context.uow.of(AccessKey).find({"user_id": held.id}, limit=PER_ACCOUNT_MAX):
        context.uow.of(AccessKey).remove(key.id)
    for member in context.uow.of(Membership).find({"user_id": held.id}, limit=PER_ACCOUNT_MAX):
        context.uow.of(Membership).remove(member.id)
    _drop_assignments(context, {"holder_kind": "user", "holder_id": held.id})
    context.uow.of(User).remove(held.id)


def _drop_assignments(context: Context, where: dict[str, object]) -> None:
    for held in context.uow.of(Assignment).find(where, limit=PER_ACCOUNT_MAX):
        context.uow.of(Assignment).remove(held.id)


@use_case(WRITE, writes=True)
def set_group(context: Context, command: SetGroup) -> Group:
    """A new group, or another name or description. Raises ``ResourceNotFound``, as :func:`_demand_name`."""
    groups = context.uow.of(Group)
    if not command.id:
        name = command.name or ""
        _demand_name(context, Group, name)
        group_id, account_id = context.gate.entropy.random(16).hex(), context.principal.account_id
        made = Group(group_id, account_id, name, command.description or "", context.now_ms)
        groups.add(made)
        return made
    held = _own(context, Group, command.id)
    name = held.name if command.name is None else command.name
    if name != held.name:
        _demand_name(context, Group, name)
    about = held.description if command.description is None else command.description
    changed = replace(held, name=name, description=about)
    groups.put(changed)
    return changed


@use_case(READ)
def list_groups(context: Context, command: Listing) -> Sequence[Group]:
    """The account's groups by name."""
    return _listed(context, Group, command.name)


@use_case(READ)
def show_group(context: Context, command: One) -> Group:
    """One group. Raises ``ResourceNotFound``."""
    return _own(context, Group, command.id)


@use_case(WRITE, writes=True)
def delete_group(context: Context, command: One) -> None:
    """Remove a group; its members stay. Raises ``ResourceNotFound``."""
    held = _own(context, Group, command.id)
    for member in context.uow.of(Membership).find({"group_id": held.id}, limit=PER_ACCOUNT_MAX):
        context.uow.of(Membership).remove(member.id)
    _drop_assignments(context, {"holder_kind": "group", "holder_id": held.id})
    context.uow.of(Group).remove(held.id)


@use_case(WRITE, writes=True)
def add_member(context: Context, command: Member) -> None:
    """Put a user into a group; being in it already is no error. Raises ``ResourceNotFound``."""
    group, user = _own(context, Group, command.group_id), _own(context, User, command.user_id)
    members, member_id = context.uow.of(Membership), f"{group.id}/{user.id}"
    if members.get(member_id) is None:
        members.add(Membership(member_id, group.account_id, group.id, user.id))


def _member(context: Context, command: Member) -> Membership:
    group, user = _own(context, Group, command.group_id), _own(context, User, command.user_id)
    held = context.uow.of(Membership).get(f"{group.id}/{user.id}")
    if held is None:
        raise faults.ResourceNotFound(kind="membership", resource=user.id)
    return held


@use_case(READ)
def check_member(context: Context, command: Member) -> None:
    """Whether a user is in a group. Raises ``ResourceNotFound``."""
    _member(context, command)


@use_case(WRITE, writes=True)
def remove_member(context: Context, command: Member) -> None:
    """Take a user out of a group. Raises ``ResourceNotFound``."""
    context.uow.of(Membership).remove(_member(context, command).id)


@use_case(READ)
def users_of_group(context: Context, command: One) -> Sequence[User]:
    """The users in a group. Raises ``ResourceNotFound``."""
    group = _own(context, Group, command.id)
    members = context.uow.of(Membership).find({"group_id": group.id}, limit=PER_ACCOUNT_MAX)
    found = (context.uow.of(User).get(member.user_id) for member in members)
    return [user for user in found if user is not None]


@use_case(READ)
def groups_of_user(context: Context, command: One) -> Sequence[Group]:
    """The groups a user is in. Raises ``ResourceNotFound``."""
    user = _own(context, User, command.id)
    members = context.uow.of(Membership).find({"user_id": user.id}, limit=PER_ACCOUNT_MAX)
    found = (context.uow.of(Group).get(member.group_id) for member in members)
    return [group for group in found if group is not None]


def _face(role: Role) -> RoleFace:
    return RoleFace(role.id, role.name, role.description, role.text, role.created_ms, role.updated_ms)


@use_case(WRITE, writes=True)
def set_role(context: Context, command: SetRole) -> RoleFace:
    """A new custom policy, or another content of one. Raises ``ResourceNotFound``, as :func:`_demand_name`."""
    rules = tuple(roles.write_rule(statement) for statement in command.statements)
    records = context.uow.of(Role)
    held = _own(context, Role, command.id) if command.id else None
    if held is None or held.name != command.name:
        _demand_name(context, Role, command.name)
    role = Role(
        id=held.id if held else context.gate.entropy.random(16).hex(),
        account_id=context.principal.account_id,
        name=command.name,
        description=command.description,
        scope=command.scope,
        text=command.text,
        rules=rules,
        created_ms=held.created_ms if held else context.now_ms,
        updated_ms=context.now_ms,
    )
    (records.put if held else records.add)(role)
    return _face(role)


@use_case(READ)
def list_roles(context: Context, command: Listing) -> Sequence[RoleFace]:
    """Built-in roles and the account's own."""
    built_in = [RoleFace(roles.built_in_id(name), name) for name in roles.BUILT_IN if command.name in ("", name)]
    return [*built_in, *(_face(role) for role in _listed(context, Role, command.name))]


@use_case(READ)
def show_role(context: Context, command: One) -> RoleFace:
    """One role. Raises ``ResourceNotFound``."""
    name = roles.built_in_name(command.id)
    return RoleFace(command.id, name) if name else _face(_own(context, Role, command.id))


@use_case(WRITE, writes=True)
def delete_role(context: Context, command: One) -> None:
    """Remove a custom policy from everybody. Raises ``ResourceNotFound``."""
    held = _own(context, Role, command.id)
    _drop_assignments(context, {"role_id": held.id})
    context.uow.of(Role).remove(held.id)


def _demand_place(context: Context, command: Place) -> None:
    """Raises ``ResourceNotFound`` for a holder, place or role that is not the account's."""
    principal = context.principal
    if command.holder_kind == "user":
        _own(context, User, command.holder_id)
    else:
        _own(context, Group, command.holder_id)
    if command.place_kind == "domain" and command.place_id != principal.domain_id:
        raise faults.ResourceNotFound(kind="domain", resource=command.place_id)
    if command.place_kind == "project":
        project = context.uow.of(Project).get(command.place_id)
        if project is None or project.account_id != principal.account_id:
            raise faults.ResourceNotFound(kind="project", resource=command.place_id)
    if command.role_id and not roles.built_in_name(command.role_id):
        _own(context, Role, command.role_id)


def _assignment(context: Context, command: Place) -> Assignment:
    """The record there is, or would be. Raises as :func:`_demand_place`."""
    _demand_place(context, command)
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


@use_case(WRITE, writes=True)
def assign(context: Context, command: Place) -> None:
    """Give somebody a role somewhere; having it already is no error. Raises ``ResourceNotFound``."""
    made, records = _assignment(context, command), context.uow.of(Assignment)
    if records.get(made.id) is None:
        records.add(made)


@use_case(READ)
def check_assignment(context: Context, command: Place) -> None:
    """Whether somebody has a role somewhere. Raises ``ResourceNotFound``."""
    if context.uow.of(Assignment).get(_assignment(context, command).id) is None:
        raise faults.ResourceNotFound(kind="assignment", resource=command.role_id)


@use_case(WRITE, writes=True)
def unassign(context: Context, command: Place) -> None:
    """Take a role from somebody. Raises ``ResourceNotFound``."""
    if not context.uow.of(Assignment).remove(_assignment(context, command).id):
        raise faults.ResourceNotFound(kind="assignment", resource=command.role_id)


@use_case(READ)
def list_assigned(context: Context, command: Place) -> Sequence[RoleFace]:
    """The roles somebody has somewhere. Raises ``ResourceNotFound``."""
    _demand_place(context, command)
    where = {"holder_id": command.holder_id, "place_kind": command.place_kind, "place_id": command.place_id}
    found = context.uow.of(Assignment).find(where, limit=PER_ACCOUNT_MAX)
    return [show_role.run(context, One(held.role_id)) for held in found]


@use_case(WRITE, writes=True)
def create_key(context: Context, command: NewKey) -> MadeKey:
    """A permanent access key. Raises ``ResourceNotFound``."""
    user = _own(context, User, command.user_id or context.principal.user_id)
    key_id, secret = add_access_key(context.uow, context.gate.vault, context.now_ms, user.account_id, user.id)
    made = context.uow.of(AccessKey).get(key_id)
    assert made is not None  # noqa: S101 - it was just added
    return MadeKey(made, secret)


@use_case(READ)
def list_keys(context: Context, command: NewKey) -> Sequence[AccessKey]:
    """A user's permanent access keys. Raises ``ResourceNotFound``."""
    user = _own(context, User, command.user_id or context.principal.user_id)
    found = context.uow.of(AccessKey).find({"user_id": user.id}, limit=PER_ACCOUNT_MAX)
    return [key for key in found if not key.token_digest]


@use_case(WRITE, writes=True)
def delete_key(context: Context, command: One) -> None:
    """End an access key. Raises ``ResourceNotFound``."""
    held = context.uow.of(AccessKey).get(command.id)
    if held is None or held.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="credential", resource=command.id)
    context.uow.of(AccessKey).remove(held.id)
