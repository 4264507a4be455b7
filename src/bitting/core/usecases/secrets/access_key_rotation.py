"""Rotation of this server's access keys: a user has two, so that clients that cached the previous one keep working.

::

    rotate   the caller may rotate that user's keys (:func:`require_right`)
    create   the current value is a working access key of the right user (:func:`proven`); a new key of the same user,
             kept with the pending version in one transaction
    finish   the key of the version before the previous one is deleted; the replaced one stays until the next rotation

A value is text that its writer chose. Before any step acts on the key it names, the secret in the value must be that
key's own: whoever merely knows an id gets nothing and deletes nothing. Account and user are compared at every step.
"""

from __future__ import annotations

import hmac

from bitting.core import faults
from bitting.core.authz.statements import authorise
from bitting.core.gate import Context, Gate
from bitting.core.material import KeyMaterial
from bitting.core.model.identity import AccessKey, User
from bitting.core.model.secret import CURRENT, Secret, SecretType, SecretVersion, Stage
from bitting.core.ports import UnitOfWork
from bitting.core.usecases.iam.accounts import random_alphanumeric
from bitting.core.usecases.iam.credentials import secret_binding
from bitting.core.usecases.secrets.database_rotation import DefaultSteps, login_of, pending_of, with_login
from bitting.core.usecases.secrets.rotation_ports import Login, RotationContext, RotationRefused, UncertainOutcome
from bitting.core.usecases.secrets.values import read_value, stored_key

PREFIX = "BTT"
#: The right to replace another user's access keys; one's own need none.
ROTATE_ACTION = "access_key:rotate"


def rotates_access_keys(secret: Secret) -> bool:
    """Whether this server itself changes the credential of the secret."""
    return secret.type is SecretType.ACCESS_KEY and not secret.function


def matching(gate: Gate, uow: UnitOfWork, secret: Secret, value: bytes) -> AccessKey | None:
    """The permanent access key that a value is, id and secret; None for any other value.

    The key is of the secret's account, and of the user that the secret names if it names one. Enabled or not.
    Raises :class:`RotationRefused` for a value without id and secret.
    """
    login = login_of(secret, value)
    stored = uow.of(AccessKey).get(login.user)
    if stored is None or stored.account_id != secret.account_id or stored.token_digest:
        return None
    binding = secret_binding(stored.id)
    held = gate.vault.unwrap(stored.sealed_secret, binding)
    given = KeyMaterial(login.password.encode(errors="surrogatepass"))
    if not hmac.compare_digest(gate.vault.fingerprint(held, binding), gate.vault.fingerprint(given, binding)):
        return None
    owner = uow.of(User).get(stored.user_id)
    if owner is None or owner.account_id != secret.account_id:
        return None
    return stored if secret.target in {"", owner.name.partition("@")[0].lower()} else None


def proven(gate: Gate, uow: UnitOfWork, secret: Secret, value: bytes, now_ms: int) -> AccessKey:
    """The access key that a value is, if it can sign requests now. Raises :class:`RotationRefused`."""
    stored = matching(gate, uow, secret, value)
    if stored is None:
        text = "The current value is no access key of this account and user."
        raise RotationRefused("AccessKeyUnknown", text, final=True)
    owner = uow.of(User).get(stored.user_id)
    expired = stored.expires_ms and stored.expires_ms <= now_ms
    if not stored.enabled or expired or owner is None or not owner.enabled:
        raise RotationRefused("AccessKeyInactive", "The access key or its user was disabled.", final=True)
    return stored


def require_right(context: Context, secret: Secret) -> None:
    """Return if the caller may have this secret's access keys rotated; nothing to do for other secrets.

    One's own keys, or those of users that the right :data:`ROTATE_ACTION` covers; those of an administrator are
    for administrators. A value that is no key at all passes: its rotation fails, and changes nothing.
    Raises ``PermissionDenied``.
    """
    principal = context.principal
    if not rotates_access_keys(secret) or principal.admin:
        return
    stage = context.uow.of(Stage).get(f"{secret.id}/{CURRENT}")
    version = context.uow.of(SecretVersion).get(stage.version_id) if stage else None
    if version is None:
        return
    cached = stored_key(context.gate, context.uow, version.key_id, context.now_ms)
    require_right_to(context, secret, read_value(context.gate, cached, secret, version))


def require_right_to(context: Context, secret: Secret, value: bytes) -> None:
    """As :func:`require_right`, for a value that is at hand."""
    principal = context.principal
    if not rotates_access_keys(secret) or principal.admin:
        return
    try:
        stored = matching(context.gate, context.uow, secret, value)
    except RotationRefused:
        return
    if stored is None or stored.user_id == principal.user_id:
        return
    owner = context.uow.of(User).get(stored.user_id)
    if owner is None or owner.admin:
        raise faults.PermissionDenied(resource=f"user/{stored.user_id}", action=ROTATE_ACTION)
    authorise(principal, ROTATE_ACTION, f"user/{stored.user_id}")


class AccessKeySteps(DefaultSteps):
    """Rotation of an access key of this service."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def create_value(self, rotation_context: RotationContext) -> bytes:
        """A new id and secret, once the current ones are proved."""
        with self._gate.store.begin(write=False) as uow:
            self._proven(uow, rotation_context, rotation_context.current)
        login = Login(PREFIX + random_alphanumeric(21), random_alphanumeric(40))
        return with_login(rotation_context.secret, rotation_context.current, login)

    def record(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes) -> None:
        """Store the access key, usable from now on and as long as the one it replaces."""
        stored = self._proven(uow, rotation_context, rotation_context.current)
        login = login_of(rotation_context.secret, value)
        sealed = self._gate.vault.wrap(KeyMaterial(login.password.encode()), secret_binding(login.user))
        created = AccessKey(
            id=login.user,
            account_id=stored.account_id,
            user_id=stored.user_id,
            sealed_secret=sealed,
            enabled=True,
            created_ms=self._gate.clock.now_ms(),
            expires_ms=stored.expires_ms,
            project_id=stored.project_id,
        )
        uow.of(AccessKey).add(created)

    def _proven(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes) -> AccessKey:
        return proven(self._gate, uow, rotation_context.secret, value, self._gate.clock.now_ms())

    def set(self, rotation_context: RotationContext) -> None:
        """No action: the key was created with the version."""

    def test(self, rotation_context: RotationContext) -> None:
        """Return if the new key can sign requests, and is the same user's as the current one."""
        with self._gate.store.begin(write=False) as uow:
            self._require_same_user(uow, rotation_context)

    def _require_same_user(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        current = self._proven(uow, rotation_context, rotation_context.current)
        pending = self._proven(uow, rotation_context, pending_of(rotation_context))
        if pending.user_id != current.user_id:
            raise RotationRefused("AccessKeyUnknown", "The new access key is another user's.", final=True)

    def finish(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Delete the key before the previous one, if it is one of the same user's."""
        self._require_same_user(uow, rotation_context)
        if rotation_context.previous is not None:
            self._remove(uow, rotation_context, rotation_context.previous, keep=rotation_context.current)

    def determine_outcome(self, rotation_context: RotationContext) -> UncertainOutcome:
        """The current value still works: its key was not changed."""
        pending_of(rotation_context)
        return UncertainOutcome.OLD_WORKS

    def abandon(self, uow: UnitOfWork, rotation_context: RotationContext) -> None:
        """Delete the new key, if that is what the pending value is."""
        self._remove(uow, rotation_context, pending_of(rotation_context), keep=rotation_context.current)

    def _remove(self, uow: UnitOfWork, rotation_context: RotationContext, value: bytes, *, keep: bytes) -> None:
        """Delete the key that ``value`` is, unless it is the one to keep or another user's than that one."""
        secret = rotation_context.secret
        try:
            doomed = matching(self._gate, uow, secret, value)
            kept = matching(self._gate, uow, secret, keep)
        except RotationRefused:
            return
        if doomed is None or (kept is not None and doomed.id == kept.id):
            return
        if kept is None or kept.user_id == doomed.user_id:
            uow.of(AccessKey).remove(doomed.id)
