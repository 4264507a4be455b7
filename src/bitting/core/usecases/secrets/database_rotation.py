"""Rotation of database passwords, and helpers for every kind of rotation.

::

    one user     the password is changed under the same name: between set and finish the old one no longer works
    two users    current and previous hold one user each; the previous one gets a new password and becomes current,
                 so clients with the current value can log in until the rotation after this one

A value is text that its writer chose, and passwords are changed with the administrator's login. So before anything is
changed: the user is one that the operator's target lists, is neither the administrator nor privileged, and the login
that is stored for it works (:meth:`DatabaseSteps._require_allowed`). Whoever merely names a user gets nothing.
"""

from __future__ import annotations

import json
from typing import Any

from bitting.core.gate import Gate
from bitting.core.model.secret import Secret
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.secrets.passwords import rotation_password
from bitting.core.usecases.secrets.rotation_ports import (
    DatabaseServer,
    Login,
    RotationContext,
    RotationRefused,
    Rotator,
    UncertainOutcome,
)

DEFAULT_FIELDS = ("username", "password")
CLONE = "_clone"


def fields_of(secret: Secret) -> tuple[str, str]:
    """The names of user and password in the secret's values."""
    first, second = secret.fields if len(secret.fields) == 2 else DEFAULT_FIELDS
    return first, second


def content_of(value: bytes) -> dict[str, Any]:
    """A value that is a JSON object. Raises :class:`RotationRefused`."""
    try:
        content = json.loads(value)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise RotationRefused("ValueUnreadable", "The secret's value is not a JSON object.", final=True)
    return content


def login_of(secret: Secret, value: bytes) -> Login:
    """User and password of a value. Raises :class:`RotationRefused`."""
    user, password = fields_of(secret)
    content = content_of(value)
    if not isinstance(content.get(user), str) or not isinstance(content.get(password), str):
        raise RotationRefused("ValueUnreadable", f"The secret's value has no {user} and {password}.", final=True)
    return Login(content[user], content[password])


def with_login(secret: Secret, value: bytes, login: Login) -> bytes:
    """The value with another login; the rest unchanged."""
    user, password = fields_of(secret)
    return json.dumps({**content_of(value), user: login.user, password: login.password}, ensure_ascii=False).encode()


class DefaultSteps:
    """Default steps that do nothing."""

    def record(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes) -> None:
        """No action."""

    def notify_finished(self, rotation_context: RotationContext) -> None:
        """No action."""

    def finish(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """No action."""

    def abandon(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """No action."""


def _covers(pattern: str, user: str) -> bool:
    """Whether a name or beginning that the operator has listed is that user's."""
    return user.startswith(pattern[:-1]) if pattern.endswith("*") else user == pattern


def pending_of(rotation_context: RotationContext) -> bytes:
    """The pending value. It exists once the version was created."""
    assert rotation_context.pending is not None  # noqa: S101 - the engine creates before it sets
    return rotation_context.pending


class DatabaseSteps(DefaultSteps):
    """Rotation on one server."""

    def __init__(self, gate: Gate, rotator: Rotator, server: DatabaseServer) -> None:
        self._gate = gate
        self._rotator = rotator
        self._server = server

    def create_value(self, rotation_context: RotationContext) -> bytes:
        """The next user with a new password, once the present logins are proved."""
        login = Login(self._next_user(rotation_context), rotation_password(self._gate.entropy))
        self._require_allowed(rotation_context, login)
        return with_login(rotation_context.secret, rotation_context.current, login)

    @staticmethod
    def _next_user(rotation_context: RotationContext) -> str:
        secret, current = rotation_context.secret, login_of(rotation_context.secret, rotation_context.current).user
        if not secret.paired:
            return current
        other = login_of(secret, rotation_context.previous).user if rotation_context.previous is not None else current
        if other != current:
            return other
        return current.removesuffix(CLONE) if current.endswith(CLONE) else current + CLONE

    def set(self, rotation_context: RotationContext) -> None:
        """Set the new password on the server, unless it is set already."""
        secret = rotation_context.secret
        new, current = login_of(secret, pending_of(rotation_context)), login_of(secret, rotation_context.current)
        if self._rotator.login_works(self._server, new):
            return
        self._require_allowed(rotation_context, new)
        admin = self._server.admin
        if secret.paired and admin is not None:
            self._rotator.ensure_user(self._server, current.user, new)
        self._rotator.set_password(self._server, self._admin_login(rotation_context, new, current), new)

    def _require_allowed(self, rotation_context: RotationContext, new: Login) -> None:
        """Return if the password of ``new.user`` may be changed. Raises :class:`RotationRefused`."""
        secret, server = rotation_context.secret, self._server
        current = login_of(secret, rotation_context.current)
        for user in dict.fromkeys((current.user, new.user)):
            self._require_listed(user)
        if not self._rotator.login_works(server, current):
            raise RotationRefused("CurrentLoginRefused", "The server does not let the current login in.")
        if rotation_context.previous is not None and new.user != current.user:
            previous = login_of(secret, rotation_context.previous)
            if previous.user == new.user and not self._rotator.login_works(server, previous):
                raise RotationRefused("PreviousLoginRefused", "The server does not let the previous login in.")
        for user in dict.fromkeys((current.user, new.user)):
            if self._rotator.is_privileged(server, server.admin or current, user):
                raise RotationRefused("UserPrivileged", "Passwords of administrators are not rotated.", final=True)

    def _require_listed(self, user: str) -> None:
        admin = self._server.admin
        if (admin is not None and user.casefold() == admin.user.casefold()) or not any(
            _covers(pattern, user) for pattern in self._server.users
        ):
            text = "The operator's target does not list this user for rotation."
            raise RotationRefused("UserNotAllowed", text, final=True)

    def _admin_login(self, rotation_context: RotationContext, new: Login, current: Login) -> Login:
        if self._server.admin is not None:
            return self._server.admin
        if new.user == current.user:
            return current
        previous = (
            login_of(rotation_context.secret, rotation_context.previous)
            if rotation_context.previous is not None
            else None
        )
        if previous is None or previous.user != new.user:
            raise RotationRefused("NoWayIn", "There is no administrator to make the second user.", final=True)
        return previous

    def test(self, rotation_context: RotationContext) -> None:
        """Return if the new login works."""
        if not self._rotator.login_works(self._server, login_of(rotation_context.secret, pending_of(rotation_context))):
            raise RotationRefused("NewLoginRefused", "The server does not let the new login in.")

    def determine_outcome(self, rotation_context: RotationContext) -> UncertainOutcome:
        """Try both logins; restore the old password if an administrator login is configured."""
        secret = rotation_context.secret
        new, current = login_of(secret, pending_of(rotation_context)), login_of(secret, rotation_context.current)
        if self._rotator.login_works(self._server, current):
            self._restore_password(rotation_context, new)
            return UncertainOutcome.OLD_WORKS
        if self._rotator.login_works(self._server, new):
            return UncertainOutcome.NEW_WORKS
        # Only the user whose password this rotation may have changed, which was proved when it began.
        if self._server.admin is not None and current.user == new.user:
            self._require_listed(current.user)
            self._rotator.set_password(self._server, self._server.admin, current)
            if self._rotator.login_works(self._server, current):
                return UncertainOutcome.OLD_WORKS
        raise RotationRefused("NeitherLoginWorks", "The server lets neither the old nor the new login in.")

    def _restore_password(self, rotation_context: RotationContext, new: Login) -> None:
        """Restore the second user's former password, so that the previous version works again."""
        if rotation_context.previous is None or not rotation_context.secret.paired:
            return
        former = login_of(rotation_context.secret, rotation_context.previous)
        if former.user == new.user and not self._rotator.login_works(self._server, former):
            by = self._server.admin or new
            self._rotator.set_password(self._server, by, former)
