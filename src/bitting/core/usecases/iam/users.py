"""Users and groups of an account. For its administrators, and for those with rights on identities.

::

    user ──member of──> group ──has──> role ──> statements          credentials.py reads them on every request,
      └───────────────────has──────────> role                       through the cache: changes count at once

Source: OpenStack Identity API v3 and Huawei Cloud IAM ("User", "User group", "Permission", "Custom policy").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.iam import Assignment, Group, Membership, Role
from bitting.core.model.identity import AccessKey, User
from bitting.core.usecases.iam.accounts import hash_password, require_policy
from bitting.core.usecases.iam.held_rights import assignments_of_group, guarded, members
from bitting.core.usecases.iam.tokens import end_sessions

PER_ACCOUNT_MAX = 10_000
NAME_MOST, PASSWORD_LEAST, PASSWORD_MOST = 64, 6, 32
T = TypeVar("T", User, Group, Role)


@dataclass(slots=True)
class ById:
    """By id."""

    id: str


@dataclass(slots=True)
class ListByName:
    """All of the account's, or the one of this name; at most ``PER_ACCOUNT_MAX``."""

    name: str = ""


@dataclass(slots=True)
class CreateUser:
    """Without a password the user signs with access keys only."""

    name: str
    password: str = field(default="", repr=False)
    enabled: bool = True
    profile: str = ""


@dataclass(slots=True)
class UpdateUser:
    """None: unchanged."""

    id: str
    name: str | None = None
    password: str | None = field(default=None, repr=False)
    enabled: bool | None = None
    profile: str | None = None


@dataclass(slots=True)
class SetGroup:
    """``id`` empty: a new group. None: unchanged."""

    id: str = ""
    name: str | None = None
    description: str | None = None


@dataclass(slots=True)
class Member:
    """A user and a group."""

    group_id: str
    user_id: str


def find_owned(context: Context, kind: type[T], record_id: str) -> T:
    """A record of the caller's account. Raises ``ResourceNotFound`` (``kind``)."""
    stored = context.uow.of(kind).get(record_id)
    if stored is None or stored.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind=kind.__name__.lower(), resource=record_id)
    return stored


def find_by_name(context: Context, kind: type[T], name: str) -> Sequence[T]:
    """The account's records of a kind by name; the one of this name if it is given."""
    where: dict[str, object] = {"account_id": context.principal.account_id}
    if name:
        where["name"] = name
    return context.uow.of(kind).find(where, order="name", limit=PER_ACCOUNT_MAX)


def require_name(context: Context, kind: type[T], name: str) -> None:
    """Raises ``InvalidParameter`` (name), ``ResourceExists``, ``QuotaExceeded``."""
    if not 0 < len(name) <= NAME_MOST:
        raise faults.InvalidParameter(parameter="name", reason="length")
    records, account_id = context.uow.of(kind), context.principal.account_id
    if records.count({"account_id": account_id, "name": name}):
        raise faults.ResourceExists(kind=kind.__name__.lower(), resource=name)
    if records.count({"account_id": account_id}) >= PER_ACCOUNT_MAX:
        raise faults.QuotaExceeded(limit=kind.__name__.lower(), resource=account_id)


def _record_of(password: str, name: str) -> str:
    """The stored record of a password; no password matches an empty record. Raises ``InvalidParameter`` (password)."""
    if not password:
        return "none"
    if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
        raise faults.InvalidParameter(parameter="password", reason="length")
    require_policy(password, name)
    return hash_password(password)


@use_case("user:create", writes=True)
def create_user(context: Context, command: CreateUser) -> User:
    """A new user without any right. Raises as :func:`_require_name`, ``InvalidParameter`` (password)."""
    require_name(context, User, command.name)
    user = User(
        id=context.gate.entropy.random(16).hex(),
        account_id=context.principal.account_id,
        name=command.name,
        password=_record_of(command.password, command.name),
        enabled=command.enabled,
        admin=False,
        created_ms=context.now_ms,
        profile=command.profile,
    )
    with guarded(context, (user.id,)):  # a policy may name a user who is not there yet
        context.uow.of(User).add(user)
    return user


@use_case("user:list")
def list_users(context: Context, command: ListByName) -> Sequence[User]:
    """The account's users by name."""
    return find_by_name(context, User, command.name)


@use_case("user:describe")
def show_user(context: Context, command: ById) -> User:
    """One user. Raises ``ResourceNotFound``."""
    return find_owned(context, User, command.id)


@use_case("user:update", writes=True)
def update_user(context: Context, command: UpdateUser) -> User:
    """Change a user. A new password, or disabling, ends every token and temporary access key of the user.

    Raises ``ResourceNotFound``, ``PermissionDenied`` for one with more rights than the caller's, as
    :func:`create_user`.
    """
    stored = find_owned(context, User, command.id)
    if command.name is not None and command.name != stored.name:
        require_name(context, User, command.name)
    changed = replace(
        stored,
        name=stored.name if command.name is None else command.name,
        password=stored.password
        if command.password is None
        else _record_of(command.password, command.name or stored.name),
        enabled=stored.enabled if command.enabled is None else command.enabled,
        profile=stored.profile if command.profile is None else command.profile,
    )
    with guarded(context, (stored.id,)):
        context.uow.of(User).put(changed)
    if command.password is not None or not changed.enabled:
        end_sessions(context.uow, stored.id)
    return changed


@use_case("user:delete", writes=True)
def delete_user(context: Context, command: ById) -> None:
    """Remove a user with keys, tokens, memberships and roles. Raises ``ResourceNotFound``, ``ResourceInUse``."""
    stored = find_owned(context, User, command.id)
    if stored.id == context.principal.user_id:
        raise faults.ResourceInUse(resource=stored.id)
    with guarded(context, (stored.id,)):
        end_sessions(context.uow, stored.id)
    for key in context.uow.of(AccessKey).find({"user_id": stored.id}, limit=PER_ACCOUNT_MAX):
        context.uow.of(AccessKey).remove(key.id)
    for member in context.uow.of(Membership).find({"user_id": stored.id}, limit=PER_ACCOUNT_MAX):
        context.uow.of(Membership).remove(member.id)
    remove_assignments(context, {"holder_kind": "user", "holder_id": stored.id})
    context.uow.of(User).remove(stored.id)


def remove_assignments(context: Context, where: dict[str, object]) -> None:
    """Delete role assignments."""
    for stored in context.uow.of(Assignment).find(where, limit=PER_ACCOUNT_MAX):
        context.uow.of(Assignment).remove(stored.id)


@use_case("group:update", writes=True)
def set_group(context: Context, command: SetGroup) -> Group:
    """Create a group, or change its name or description. Raises ``ResourceNotFound``, as :func:`_require_name`."""
    groups = context.uow.of(Group)
    if not command.id:
        name = command.name or ""
        require_name(context, Group, name)
        group_id, account_id = context.gate.entropy.random(16).hex(), context.principal.account_id
        created = Group(group_id, account_id, name, command.description or "", context.now_ms)
        groups.add(created)
        return created
    stored = find_owned(context, Group, command.id)
    name = stored.name if command.name is None else command.name
    if name != stored.name:
        require_name(context, Group, name)
    about = stored.description if command.description is None else command.description
    changed = replace(stored, name=name, description=about)
    groups.put(changed)
    return changed


@use_case("group:list")
def list_groups(context: Context, command: ListByName) -> Sequence[Group]:
    """The account's groups by name."""
    return find_by_name(context, Group, command.name)


@use_case("group:describe")
def show_group(context: Context, command: ById) -> Group:
    """One group. Raises ``ResourceNotFound``."""
    return find_owned(context, Group, command.id)


@use_case("group:delete", writes=True)
def delete_group(context: Context, command: ById) -> None:
    """Remove a group; its members stay. Raises ``ResourceNotFound``, ``PermissionDenied`` (see :func:`guarded`)."""
    stored = find_owned(context, Group, command.id)
    affected = members(context.uow, stored.id)
    with guarded(context, affected):
        remove_assignments(context, {"holder_kind": "group", "holder_id": stored.id})
        for member_id in affected:
            context.uow.of(Membership).remove(f"{stored.id}/{member_id}")
    context.uow.of(Group).remove(stored.id)


@use_case("group:add_member", writes=True)
def add_member(context: Context, command: Member) -> None:
    """Add a user to a group; an existing membership is not an error.

    Raises ``ResourceNotFound``, ``PermissionDenied`` if the user has, or would have, more rights than the caller.
    """
    group, user = find_owned(context, Group, command.group_id), find_owned(context, User, command.user_id)
    records, member_id = context.uow.of(Membership), f"{group.id}/{user.id}"
    with guarded(context, (user.id,), *assignments_of_group(context.uow, group.id)):
        if records.get(member_id) is None:
            records.add(Membership(member_id, group.account_id, group.id, user.id))


def _member(context: Context, command: Member) -> Membership:
    group, user = find_owned(context, Group, command.group_id), find_owned(context, User, command.user_id)
    stored = context.uow.of(Membership).get(f"{group.id}/{user.id}")
    if stored is None:
        raise faults.ResourceNotFound(kind="membership", resource=user.id)
    return stored


@use_case("group:check_member")
def require_member(context: Context, command: Member) -> None:
    """Return if the user is in the group. Raises ``ResourceNotFound``."""
    _member(context, command)


@use_case("group:remove_member", writes=True)
def remove_member(context: Context, command: Member) -> None:
    """Remove a user from a group. Raises ``ResourceNotFound``, ``PermissionDenied`` as :func:`add_member`."""
    stored = _member(context, command)
    with guarded(context, (stored.user_id,)):
        context.uow.of(Membership).remove(stored.id)


@use_case("group:list_members")
def users_of_group(context: Context, command: ById) -> Sequence[User]:
    """The users in a group. Raises ``ResourceNotFound``."""
    group = find_owned(context, Group, command.id)
    found = (context.uow.of(User).get(user_id) for user_id in members(context.uow, group.id))
    return [user for user in found if user is not None]


@use_case("user:list_groups")
def groups_of_user(context: Context, command: ById) -> Sequence[Group]:
    """The groups a user is in. Raises ``ResourceNotFound``."""
    user = find_owned(context, User, command.id)
    memberships = context.uow.of(Membership).find({"user_id": user.id}, limit=PER_ACCOUNT_MAX)
    found = (context.uow.of(Group).get(member.group_id) for member in memberships)
    return [group for group in found if group is not None]
