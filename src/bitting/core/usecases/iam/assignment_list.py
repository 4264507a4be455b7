"""Role assignments of an account as a list. For its administrators.

Built-in administrators hold their rights without an assignment, and so are not listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bitting.core.authz import roles
from bitting.core.gate import Context, use_case
from bitting.core.model.iam import Assignment, Group, Membership, Role
from bitting.core.model.identity import User
from bitting.core.usecases.iam.users import PER_ACCOUNT_MAX


@dataclass(slots=True)
class ListAssignments:
    """Those that fit everything given. ``effective``: what groups hold is listed for each of their members instead."""

    role_id: str = ""
    user_id: str = ""
    group_id: str = ""
    place_kind: str = ""
    place_id: str = ""
    effective: bool = False


@dataclass(frozen=True, slots=True)
class AssignmentView:
    """One assignment with names. ``through``: the group that a user holds it by, or empty."""

    role_id: str
    role_name: str
    holder_kind: str
    holder_id: str
    holder_name: str
    place_kind: str
    place_id: str
    through: str = ""


@use_case("role:list_assigned")
def list_assignments(context: Context, command: ListAssignments) -> Sequence[AssignmentView]:
    """At most ``PER_ACCOUNT_MAX`` are read; nothing fits a user or group that is not the account's."""
    where: dict[str, object] = {"account_id": context.principal.account_id}
    for name in ("role_id", "place_kind", "place_id"):
        if getattr(command, name):
            where[name] = getattr(command, name)
    found = context.uow.of(Assignment).find(where, limit=PER_ACCOUNT_MAX)
    views = [view for stored in found for view in _views(context, stored, effective=command.effective)]
    wanted = [("user", command.user_id), ("group", command.group_id)]
    for kind, holder_id in wanted:
        if holder_id:
            views = [view for view in views if (view.holder_kind, view.holder_id) == (kind, holder_id)]
    return views


def _views(context: Context, stored: Assignment, *, effective: bool) -> Iterator[AssignmentView]:
    group = stored.holder_id if stored.holder_kind == "group" else ""
    if effective and group:
        for member in context.uow.of(Membership).find({"group_id": group}, limit=PER_ACCOUNT_MAX):
            yield _view(context, stored, "user", member.user_id, group)
    else:
        yield _view(context, stored, stored.holder_kind, stored.holder_id, "")


def _view(context: Context, stored: Assignment, kind: str, holder_id: str, through: str) -> AssignmentView:
    holder = context.uow.of(User).get(holder_id) if kind == "user" else context.uow.of(Group).get(holder_id)
    name = roles.built_in_name(stored.role_id)
    if not name:
        role = context.uow.of(Role).get(stored.role_id)
        name = role.name if role else ""
    return AssignmentView(
        role_id=stored.role_id,
        role_name=name,
        holder_kind=kind,
        holder_id=holder_id,
        holder_name=holder.name if holder else "",
        place_kind=stored.place_kind,
        place_id=stored.place_id,
        through=through,
    )
