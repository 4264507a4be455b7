"""Users of an account, as far as the secrets API shows them. Used by: Huawei."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import User
from bitting.core.usecases.iam.accounts import hash_password, password_matches, require_policy
from bitting.core.usecases.iam.tokens import end_sessions

PASSWORD_MIN, PASSWORD_MAX = 8, 128


@dataclass(slots=True)
class ListUsers:
    """A page in name order. ``page``: how many pages of ``limit`` users come before; ``text``: a part of the name.

    ``organisation``: the account's id or its domain's id; users of any other are not there.
    """

    page: int = 0
    limit: int = 10
    text: str = ""
    organisation: str = ""


@dataclass(slots=True)
class UserPage:
    """``total`` counts every match, not only this page."""

    users: Sequence[User]
    total: int


@dataclass(slots=True)
class UserById:
    """By id."""

    user_id: str


@dataclass(slots=True)
class ChangePassword:
    """The caller's own."""

    old: str = field(repr=False)
    new: str = field(repr=False)


@use_case("secret:list_users")
def list_users(context: Context, command: ListUsers) -> UserPage:
    """One page of the account's users."""
    principal = context.principal
    if command.organisation not in {"", principal.account_id, principal.domain_id}:
        return UserPage([], 0)
    found = context.uow.of(User).find({"account_id": principal.account_id}, order="name", limit=100_000)
    found = [user for user in found if command.text.lower() in user.name.lower()]
    start = command.page * command.limit
    return UserPage(found[start : start + command.limit], len(found))


@use_case("secret:list_users")
def show_user(context: Context, command: UserById) -> User:
    """One user. Raises ``ResourceNotFound`` with ``kind`` user."""
    user = context.uow.of(User).get(command.user_id)
    if user is None or user.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="user", resource=command.user_id)
    return user


def _require_password(password: str, user: User) -> None:
    if not password_matches(password, user.password):
        raise faults.WrongPassword


@use_case("secret:change_password", writes=True)
def change_password(context: Context, command: ChangePassword) -> User:
    """The caller's own password; ends every token and temporary access key of theirs.

    Raises ``ResourceNotFound``, ``InvalidParameter`` (old, new).
    """
    user = context.uow.of(User).get(context.principal.user_id)
    if user is None:
        raise faults.ResourceNotFound(kind="user", resource=context.principal.user_id)
    try:
        with context.gate.throttle.guesses.attempt(user.id, context.request_context.source, context.now_ms):
            _require_password(command.old, user)
    except faults.WrongPassword:
        raise faults.InvalidParameter(parameter="old", reason="password") from None
    if not PASSWORD_MIN <= len(command.new) <= PASSWORD_MAX or command.new == command.old:
        raise faults.InvalidParameter(parameter="new", reason="length")
    try:
        require_policy(command.new, user.name)
    except faults.InvalidParameter:
        raise faults.InvalidParameter(parameter="new", reason="format") from None
    user = replace(user, password=hash_password(command.new))
    context.uow.of(User).put(user)
    end_sessions(context.uow, user.id)
    return user
