"""Key versions: rotation on demand and on schedule, lists of versions.

::

    create_version   key -> a new primary version; older ones still decrypt
    set_rotation     key -> on or off, every how many seconds
    rotate_key       the helper of both, and of the rotation job
    list_versions, describe_version
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, Gate, use_case
from bitting.core.key_cache import binding
from bitting.core.model.key import Key, KeyRef, KeyState, KeyVersion, Origin, RotationState
from bitting.core.ports import UnitOfWork
from bitting.core.specs import SPECS
from bitting.core.usecases.keys import keystores


@dataclass(slots=True)
class CreateVersion:
    """``family``: ``symmetric``, ``asymmetric`` or empty for both, refusing other keys.

    ``most``: how many versions the key may have afterwards, ``interval_ms``: how old the newest must be;
    0 for no such limit. ``counted``: whether it counts among the key's rotations. ``offered``: refuse where
    rotation is switched off. ``shared_only``: refuse keys of key store instances.
    """

    key: KeyRef
    family: str = ""
    most: int = 0
    interval_ms: int = 0
    counted: bool = True
    offered: bool = False
    shared_only: bool = False


@dataclass(slots=True)
class SetRotation:
    """``interval_s`` 0: the one the key has, or ``default_s``.

    ``expect``: refuse unless rotation is ``on`` or ``off`` before; empty to take either.
    """

    key: KeyRef
    enabled: bool
    interval_s: int = 0
    default_s: int = 365 * 86_400
    expect: str = ""


@dataclass(slots=True)
class ListVersions:
    """A page of a key's versions, newest first."""

    key: KeyRef
    offset: int = 0
    limit: int = 100


@dataclass(slots=True)
class KeyVersionCommand:
    """One version of one key."""

    key: KeyRef
    version_id: str


@dataclass(slots=True)
class VersionPage:
    """``total`` counts every version of the key, not only this page."""

    key: Key
    versions: Sequence[KeyVersion]
    total: int
    offset: int
    limit: int


def _key(command: CreateVersion | SetRotation | ListVersions | KeyVersionCommand) -> KeyRef:
    return command.key


def rotate_key(gate: Gate, uow: UnitOfWork, key: Key, now_ms: int, *, counted: bool = True) -> KeyVersion:
    """Add a primary version with new material; the interval to the next automatic rotation starts now.

    Changes the key's record in the unit of work. Raises ``UnsupportedOrigin`` for external material, and what
    the provider raises. The caller has checked state and kind.
    """
    if key.origin != Origin.INTERNAL:
        raise faults.UnsupportedOrigin(origin=key.origin, key_id=key.id)
    newest = _newest(uow, key)
    version_id = gate.entropy.uuid()
    stored = gate.providers[key.provider].create(SPECS[key.spec], binding(key, version_id))
    number = newest.number + 1 if newest else 1
    version = KeyVersion(version_id, key.id, number, now_ms, stored.wrapped, stored.public)
    uow.of(KeyVersion).add(version)
    due = now_ms + key.rotation_interval_s * 1000 if key.rotation is RotationState.ENABLED else key.rotation_due_ms
    uow.of(Key).put(
        replace(
            key,
            primary_version=version_id,
            rotated_ms=now_ms,
            rotation_due_ms=due,
            rotations=key.rotations + 1 if counted else key.rotations,
        )
    )
    return version


def _newest(uow: UnitOfWork, key: Key) -> KeyVersion | None:
    found = uow.of(KeyVersion).find({"key_id": key.id}, order="number", descending=True, limit=1)
    return found[0] if found else None


def _require_own(key: Key) -> None:
    if key.service:
        raise faults.ServiceKeyProtected(key_id=key.id)


def _require_offered(context: Context) -> None:
    """Raises ``UnsupportedOperation`` (``feature`` rotation) where region or partition does not offer it."""
    if not context.gate.switches(context.view).rotation:
        raise faults.UnsupportedOperation(feature="rotation", key_id=context.key.id)
    keystores.require_shared(context.key, "rotation")


def _require_family(key: Key, wanted: str) -> None:
    family = SPECS[key.spec].family
    if wanted == "symmetric" and not family.symmetric:
        raise faults.SymmetricKeyRequired(key_id=key.id, family=family.value)
    if wanted == "asymmetric" and not family.asymmetric:
        raise faults.AsymmetricKeyRequired(key_id=key.id, family=family.value)


@use_case("key:create_version", key=_key, states="use", writes=True)
def create_version(context: Context, command: CreateVersion) -> KeyVersion:
    """A new primary version.

    Raises ``ServiceKeyProtected``, ``SymmetricKeyRequired``, ``AsymmetricKeyRequired``, ``UnsupportedOrigin``,
    ``UnsupportedOperation``, ``QuotaExceeded`` with ``limit`` key_versions or key_version_interval.
    """
    key, uow = context.key, context.uow
    _require_own(key)
    _require_family(key, command.family)
    if command.offered:
        _require_offered(context)
    if command.shared_only and key.instance_id:
        raise faults.UnsupportedOperation(key_id=key.id, family=SPECS[key.spec].family.value)
    newest = _newest(uow, key)
    if command.interval_ms and newest and newest.created_ms + command.interval_ms > context.now_ms:
        raise faults.QuotaExceeded(limit="key_version_interval", resource=key.id)
    if command.most and uow.of(KeyVersion).count({"key_id": key.id}) >= command.most:
        raise faults.QuotaExceeded(limit="key_versions", resource=key.id)
    return rotate_key(context.gate, uow, key, context.now_ms, counted=command.counted)


@use_case("key:set_rotation", key=_key, states="use", writes=True)
def set_rotation(context: Context, command: SetRotation) -> Key:
    """Switch automatic rotation on or off. The first rotation is one interval from now.

    Raises ``ServiceKeyProtected``, ``SymmetricKeyRequired``, ``UnsupportedOrigin``, ``RotationEnabled`` and
    ``RotationDisabled`` depending on ``expect``.
    """
    key = context.key
    _require_own(key)
    _require_offered(context)
    _require_family(key, "symmetric")
    if key.origin != Origin.INTERNAL:
        raise faults.UnsupportedOrigin(origin=key.origin, key_id=key.id)
    on = key.rotation is not RotationState.DISABLED
    if command.expect == "off" and on:
        raise faults.RotationEnabled(key_id=key.id)
    if command.expect == "on" and not on:
        raise faults.RotationDisabled(key_id=key.id)
    interval = command.interval_s or key.rotation_interval_s or command.default_s
    changed = replace(
        key,
        rotation=RotationState.ENABLED if command.enabled else RotationState.DISABLED,
        rotation_interval_s=interval,
        rotation_due_ms=context.now_ms + interval * 1000 if command.enabled else 0,
    )
    context.uow.of(Key).put(changed)
    return changed


@use_case("key:list_versions", key=_key)
def list_versions(context: Context, command: ListVersions) -> VersionPage:
    """One page of the key's versions, newest first. Material that was never in use is left out."""
    versions = context.uow.of(KeyVersion)
    where = {"key_id": context.key.id, "staged": False}
    found = versions.find(where, order="number", descending=True, offset=command.offset, limit=command.limit)
    return VersionPage(context.key, found, versions.count(where), command.offset, command.limit)


@use_case("key:describe_version", key=_key)
def describe_version(context: Context, command: KeyVersionCommand) -> KeyVersion:
    """One version. Raises ``KeyVersionNotFound``."""
    held = context.uow.of(KeyVersion).get(command.version_id)
    if held is None or held.key_id != context.key.id or held.staged:
        raise faults.KeyVersionNotFound(resource=command.version_id)
    return held


def may_rotate(key: Key) -> bool:
    """Whether automatic rotation may rotate this key: only in the enabled state."""
    return key.rotation is RotationState.ENABLED and key.state is KeyState.ENABLED
