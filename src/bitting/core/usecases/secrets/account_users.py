"""Users and settings of an account, as far as the secrets API shows them. Used by: Huawei.

::

    list_users, show_user, change_password         the account's own users
    setting, set_setting                           values by name: strength check on or off, agencies of services
    check_strength                                 an estimate of the strength of a value
"""

from __future__ import annotations

import math
import string
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.identity import User
from bitting.core.model.secret import SecretSetting
from bitting.core.usecases.iam.accounts import hash_password, password_matches

PASSWORD_MIN, PASSWORD_MAX = 8, 128
_WEAK_BITS, _STRONG_BITS = 50, 80


@dataclass(slots=True)
class ListUsers:
    """A page in name order. ``text``: a part of the name."""

    offset: int = 0
    limit: int = 10
    text: str = ""


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


@dataclass(slots=True)
class SettingByName:
    """Which setting of the caller's account."""

    name: str


@dataclass(slots=True)
class SetSetting:
    """``value``: any text."""

    name: str
    value: str


@dataclass(slots=True)
class EstimateStrength:
    """The value to check. It is not stored."""

    value: str = field(repr=False)


@dataclass(slots=True)
class StrengthEstimate:
    """``bits``: log2 of the number of values of the same length and character classes."""

    bits: int
    level: str


@use_case("secret:list_users")
def list_users(context: Context, command: ListUsers) -> UserPage:
    """One page of the account's users."""
    found = context.uow.of(User).find({"account_id": context.principal.account_id}, order="name", limit=100_000)
    found = [user for user in found if command.text.lower() in user.name.lower()]
    return UserPage(found[command.offset : command.offset + command.limit], len(found))


@use_case("secret:list_users")
def show_user(context: Context, command: UserById) -> User:
    """One user. Raises ``ResourceNotFound`` with ``kind`` user."""
    user = context.uow.of(User).get(command.user_id)
    if user is None or user.account_id != context.principal.account_id:
        raise faults.ResourceNotFound(kind="user", resource=command.user_id)
    return user


@use_case("secret:change_password", writes=True)
def change_password(context: Context, command: ChangePassword) -> User:
    """The caller's own password. Raises ``ResourceNotFound``, ``InvalidParameter`` (old, new)."""
    user = context.uow.of(User).get(context.principal.user_id)
    if user is None:
        raise faults.ResourceNotFound(kind="user", resource=context.principal.user_id)
    if not password_matches(command.old, user.password):
        raise faults.InvalidParameter(parameter="old", reason="password")
    if not PASSWORD_MIN <= len(command.new) <= PASSWORD_MAX or command.new == command.old:
        raise faults.InvalidParameter(parameter="new", reason="length")
    user = replace(user, password=hash_password(command.new))
    context.uow.of(User).put(user)
    return user


def _id(context: Context, name: str) -> str:
    return f"{context.principal.ring}/{name}"


@use_case("secret:describe_settings")
def get_setting(context: Context, command: SettingByName) -> str:
    """The stored value, or the empty string."""
    stored = context.uow.of(SecretSetting).get(_id(context, command.name))
    return stored.value if stored else ""


@use_case("secret:update_settings", writes=True)
def set_setting(context: Context, command: SetSetting) -> str:
    """Store a value; returns it."""
    settings = context.uow.of(SecretSetting)
    record = SecretSetting(_id(context, command.name), context.principal.ring, command.name, command.value)
    (settings.put if settings.get(record.id) else settings.add)(record)
    return command.value


@use_case("secret:check")
def estimate_strength(context: Context, command: EstimateStrength) -> StrengthEstimate:  # noqa: ARG001 - nothing is read or kept
    """The strength of the value if its characters were random: an upper bound."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation + " ")
    alphabet = sum(len(kind) for kind in kinds if set(kind) & set(command.value))
    alphabet += 100 if any(not char.isascii() for char in command.value) else 0
    distinct = len(set(command.value))
    bits = int(min(len(command.value), distinct * 2) * math.log2(alphabet)) if alphabet else 0
    level = "weak" if bits < _WEAK_BITS else "strong" if bits >= _STRONG_BITS else "medium"
    return StrengthEstimate(bits, level)
