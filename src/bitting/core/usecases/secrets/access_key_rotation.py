"""Rotation of this server's access keys: a user has two, so that clients that cached the previous one keep working.

::

    create   a new access key of the same user, kept with the pending version in one transaction
    finish   the key of the version before the previous one is deleted; the replaced one stays until the next rotation
"""

from __future__ import annotations

import json

from bitting.core.gate import Gate
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey
from bitting.core.model.secret import Secret
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.iam.accounts import random_alphanumeric
from bitting.core.usecases.iam.credentials import secret_binding
from bitting.core.usecases.secrets.database_rotation import DefaultSteps, login_of, pending_of, with_login
from bitting.core.usecases.secrets.rotation_ports import Login, RotationContext, RotationRefused, UncertainOutcome

PREFIX = "BTT"


class AccessKeySteps(DefaultSteps):
    """Rotation of an access key of this service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def create_value(self, rotation_context: RotationContext) -> bytes:
        """A new id and secret."""
        login = Login(PREFIX + random_alphanumeric(21), random_alphanumeric(40))
        return with_login(rotation_context.secret, rotation_context.current, login)

    def record(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes) -> None:
        """Store the access key, usable from now on."""
        stored = self._held(uow, rotation_context.secret, rotation_context.current)
        login = login_of(rotation_context.secret, value)
        sealed = self._gate.vault.wrap(KeyMaterial(login.password.encode()), secret_binding(login.user))
        created = AccessKey(
            id=login.user,
            account_id=stored.account_id,
            user_id=stored.user_id,
            sealed_secret=sealed,
            enabled=True,
            created_ms=self._gate.clock.now_ms(),
            project_id=stored.project_id,
        )
        uow.of(AccessKey).add(created)

    @staticmethod
    def _held(uow: UnitOfWork, secret: Secret, value: bytes) -> AccessKey:
        stored = uow.of(AccessKey).get(login_of(secret, value).user)
        if stored is None or stored.account_id != secret.account_id:
            raise RotationRefused("AccessKeyUnknown", "The current value is no access key of this account.", final=True)
        return stored

    def set(self, rotation_context: RotationContext) -> None:
        """No action: the key was created with the version."""

    def test(self, rotation_context: RotationContext) -> None:
        """Return if the new key exists and is enabled."""
        with self._gate.store.begin(write=False) as uow:
            if not self._held(uow, rotation_context.secret, pending_of(rotation_context)).enabled:
                raise RotationRefused("AccessKeyInactive", "The new access key was disabled.", final=True)

    def finish(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Delete the key before the previous one."""
        if rotation_context.previous is None:
            return
        former = login_of(rotation_context.secret, rotation_context.previous).user
        if former != login_of(rotation_context.secret, rotation_context.current).user:
            uow.of(AccessKey).remove(former)

    def determine_outcome(self, rotation_context: RotationContext) -> UncertainOutcome:
        """The current value still works: its key was not changed."""
        json.loads(pending_of(rotation_context))
        return UncertainOutcome.OLD_WORKS

    def abandon(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Delete the new key."""
        uow.of(AccessKey).remove(login_of(rotation_context.secret, pending_of(rotation_context)).user)
