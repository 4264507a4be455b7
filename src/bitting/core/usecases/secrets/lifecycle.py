"""Secret lifecycle: create, update, delete, restore, disable.

::

    create -> enabled ── schedule_deletion ──> pending deletion ── waiting period over ──> deleted
                      <── restore ────────────
           ── delete ─────────────────────────────────────────────────────────> gone at once
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import Key, KeyRef
from bitting.core.model.secret import (
    CURRENT,
    PREVIOUS,
    Secret,
    SecretRotation,
    SecretState,
    SecretType,
    SecretVersion,
)
from bitting.core.quotas import require_room
from bitting.core.usecases.instances.instances import require_room_for_secret
from bitting.core.usecases.secrets import events
from bitting.core.usecases.secrets.access_key_rotation import require_right, require_right_to
from bitting.core.usecases.secrets.records import (
    KIND,
    NewVersion,
    add_version,
    delete_records,
    find,
    get_by_name,
    is_deleted,
    is_visible,
    not_found_fault,
    put_stage,
    quota,
    require_action,
    require_editable,
    require_not_frozen,
    touch,
)
from bitting.core.usecases.secrets.strength import require_strong
from bitting.core.usecases.secrets.values import chosen_key

DAY_MS = 86_400_000


@dataclass(slots=True)
class CreateSecret:
    """``key`` None: the default key of the service. ``version`` empty: v1.

    ``second``: the value of a second account, which starts on the stage ``previous``. ``rotation_interval_s`` 0: no
    automatic rotation.
    """

    name: str
    value: bytes = field(repr=False)
    second: bytes = field(default=b"", repr=False)
    binary: bool = False
    type: SecretType = SecretType.GENERIC
    description: str = ""
    key: KeyRef | None = None
    version: str = ""
    instance_id: str = ""
    enterprise_project_id: str = "0"
    rotation_interval_s: int = 0
    config: str = ""
    target: str = ""
    paired: bool = False
    fields: Sequence[str] = ()
    function: str = ""
    events: Sequence[str] = ()
    tags: Sequence[str] = ()
    policy: str = ""


@dataclass(slots=True)
class SecretCommand:
    """Which secret."""

    name: str


@dataclass(slots=True)
class SecretById:
    """A secret by its id, whatever ring it is in."""

    secret_id: str


@dataclass(slots=True)
class UpdateSecret:
    """None: unchanged. A new key protects new versions only."""

    name: str
    description: str | None = None
    key: KeyRef | None = None
    automatic: bool | None = None
    rotation_interval_s: int | None = None
    config: str | None = None
    function: str | None = None
    events: Sequence[str] | None = None
    policy: str | None = None


@dataclass(slots=True)
class ScheduleDeletion:
    """``days`` from now; the dialect has checked its own bounds."""

    name: str
    days: int = 30


@dataclass(slots=True)
class CreatedSecret:
    """A new secret and its first version."""

    secret: Secret
    version: SecretVersion


@use_case("secret:create", writes=True)
def create(context: Context, command: CreateSecret) -> CreatedSecret:
    """A new secret with its first version on the stage ``current``.

    Raises ``ResourceExists`` (``kind`` secret), ``QuotaExceeded`` (``limit`` secrets), ``ResourceNotFound`` (``kind``
    secret_quota, event), ``InvalidParameter`` (value: weak, where the account refuses that), and what
    :func:`bitting.core.usecases.secrets.values.chosen_key` raises.
    """
    require_action(context.principal, command.name, "secret:create")
    _require_room(context, command.name)
    events.require_rules(context, command.events)
    for value in (command.value, command.second) if command.second else (command.value,):
        require_strong(context, value, command.fields)
    cached = chosen_key(context, command.key)
    _require_same_instance(cached.key, command.instance_id)
    if command.instance_id:
        require_room_for_secret(context.uow, context.principal.account_id, command.instance_id)
    secret = _record(context, command, cached.key.id)
    if secret.rotation_interval_s:
        require_right_to(context, secret, command.value)
    uow, gate, now = context.uow, context.gate, context.now_ms
    uow.of(Secret).add(secret)
    if command.second:
        name = f"{command.version or 'v1'}-second"
        secret, other = add_version(gate, uow, cached, secret, NewVersion(command.second, name=name), now)
        put_stage(uow, secret, PREVIOUS, other.id, now)
    new = NewVersion(command.value, command.binary, command.version or "v1")
    secret, version = add_version(gate, uow, cached, secret, new, now)
    put_stage(uow, secret, CURRENT, version.id, now)
    secret = touch(uow, secret, now)
    events.emit(gate, uow, secret, events.CREATED, now, version=version.name)
    return CreatedSecret(secret, version)


def _require_same_instance(key: Key, instance_id: str) -> None:
    """Return if key and secret are in the same instance, or both in none; the service's own key is in every one.

    Raises ``InvalidParameter`` (key).
    """
    if not key.service and key.instance_id != instance_id:
        raise faults.InvalidParameter(parameter="key", reason="instance")


def _require_room(context: Context, name: str) -> None:
    ring, uow = context.principal.ring, context.uow
    stored = get_by_name(uow, ring, name)
    if stored is not None and is_deleted(stored, context.now_ms):
        delete_records(uow, stored)
        stored = None
    if stored is not None:
        raise faults.ResourceExists(kind=KIND, state=stored.state.value, resource=name)
    quota(uow, ring, "secrets", 0)
    require_room(uow, ring, "secrets", lambda: uow.of(Secret).count({"ring": ring}))


def _record(context: Context, command: CreateSecret, key_id: str) -> Secret:
    principal, now = context.principal, context.now_ms
    interval = command.rotation_interval_s
    return Secret(
        id=context.gate.entropy.uuid(),
        number=context.uow.next_number("secrets"),
        ring=principal.ring,
        account_id=principal.account_id,
        project_id=principal.project_id,
        name=command.name,
        description=command.description,
        type=command.type,
        state=SecretState.ENABLED,
        key_id=key_id,
        created_ms=now,
        updated_ms=now,
        creator=principal.user_id or principal.account_id,
        instance_id=command.instance_id,
        enterprise_project_id=command.enterprise_project_id,
        rotation=SecretRotation.ENABLED if interval else SecretRotation.DISABLED,
        rotation_interval_s=interval,
        rotation_due_ms=now + interval * 1000 if interval else 0,
        config=command.config,
        target=command.target,
        paired=command.paired,
        fields=tuple(command.fields),
        function=command.function,
        events=tuple(command.events),
        tags=tuple(command.tags),
        policy=command.policy,
    )


@use_case("secret:describe")
def describe(context: Context, command: SecretCommand) -> Secret:
    """The secret as it is now, without any value. Raises ``ResourceNotFound`` with ``kind`` secret."""
    return find(context, command.name, "secret:describe")


@use_case("secret:update", writes=True)
def update(context: Context, command: UpdateSecret) -> Secret:
    """Change what is given.

    Raises ``ResourceNotFound`` (``kind`` secret, event), ``SecretPendingDeletion``, the faults of an unusable key, and
    ``MissingParameter`` (rotation_interval_s) where rotation is switched on without ever having had an interval.
    """
    secret = find(context, command.name, "secret:update")
    require_editable(secret)
    changes: dict[str, Any] = {}
    for name in ("description", "config", "function", "policy"):
        if (value := getattr(command, name)) is not None:
            changes[name] = value
    if command.events is not None:
        events.require_rules(context, command.events)
        changes["events"] = tuple(command.events)
    if command.key is not None:
        key = chosen_key(context, command.key).key
        _require_same_instance(key, secret.instance_id)
        changes["key_id"] = key.id
    if command.automatic is not None or command.rotation_interval_s is not None:
        changes.update(_rotation(context, secret, command))
        if changes["rotation"] is SecretRotation.ENABLED:
            require_right(context, secret)
    return touch(context.uow, secret, context.now_ms, **changes)


def _rotation(context: Context, secret: Secret, command: UpdateSecret) -> dict[str, Any]:
    """Rotation state and next due time: one interval after the last rotation, but not before now."""
    was_on = secret.rotation is not SecretRotation.DISABLED
    on = was_on if command.automatic is None else command.automatic
    interval = command.rotation_interval_s or secret.rotation_interval_s
    if not on:
        return {"rotation": SecretRotation.DISABLED, "rotation_interval_s": interval, "rotation_due_ms": 0}
    if not interval:
        raise faults.MissingParameter(parameter="rotation_interval_s")
    due = max((secret.rotated_ms or context.now_ms) + interval * 1000, context.now_ms)
    return {"rotation": SecretRotation.ENABLED, "rotation_interval_s": interval, "rotation_due_ms": due}


@use_case("secret:schedule_deletion", writes=True)
def schedule_deletion(context: Context, command: ScheduleDeletion) -> Secret:
    """Make the secret unreadable now, to be deleted after ``days``.

    Raises ``ResourceNotFound``, ``SecretPendingDeletion``, ``SecretNotEnabled`` (frozen: restoring it would thaw it).
    """
    secret = find(context, command.name, "secret:schedule_deletion")
    require_editable(secret)
    require_not_frozen(secret)
    due = context.now_ms + command.days * DAY_MS
    return touch(context.uow, secret, context.now_ms, state=SecretState.PENDING_DELETION, deletion_due_ms=due)


@use_case("secret:restore", writes=True)
def restore(context: Context, command: SecretCommand) -> Secret:
    """Cancel the scheduled deletion. Raises ``ResourceNotFound``, ``SecretNotPendingDeletion``."""
    secret = find(context, command.name, "secret:restore")
    if secret.state is not SecretState.PENDING_DELETION:
        raise faults.SecretNotPendingDeletion(state=secret.state.value, resource=secret.name)
    return touch(context.uow, secret, context.now_ms, state=SecretState.ENABLED, deletion_due_ms=0)


@use_case("secret:delete", writes=True)
def delete(context: Context, command: SecretCommand) -> Secret:
    """Delete the secret with every version at once, in any state but frozen.

    Raises ``ResourceNotFound``, ``SecretNotEnabled``.
    """
    secret = find(context, command.name, "secret:delete")
    require_not_frozen(secret)
    delete_records(context.uow, secret)
    events.emit(context.gate, context.uow, secret, events.DELETED, context.now_ms)
    return secret


def _set_state(context: Context, name: str, state: SecretState) -> Secret:
    secret = get_by_name(context.uow, context.principal.ring, name)
    if secret is None or not is_visible(secret, context.principal, context.now_ms):
        raise not_found_fault(name)
    require_editable(secret)
    return touch(context.uow, secret, context.now_ms, state=state)


@use_case("secret:disable", writes=True)
def disable(context: Context, command: SecretCommand) -> Secret:
    """Forbid reading and writing values until it is enabled again. No cloud has this operation; the native API does."""
    require_action(context.principal, command.name, "secret:disable")
    return _set_state(context, command.name, SecretState.DISABLED)


@use_case("secret:enable", writes=True)
def enable(context: Context, command: SecretCommand) -> Secret:
    """Enable a disabled or frozen secret."""
    require_action(context.principal, command.name, "secret:enable")
    return _set_state(context, command.name, SecretState.ENABLED)


@use_case("service:write", writes=True, operator=True)
def freeze(context: Context, command: SecretById) -> Secret:
    """Freeze, for operators: like disabled, from any state but pending deletion. Raises ``ResourceNotFound``."""
    secret = context.uow.of(Secret).get(command.secret_id)
    if secret is None:
        raise not_found_fault(command.secret_id)
    require_editable(secret)
    return touch(context.uow, secret, context.now_ms, state=SecretState.FROZEN)
