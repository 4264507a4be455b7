"""Secret records: find, change and delete a secret with its versions and stages. Shared by all use cases of secrets.

::

    find -> require state -> add_version, put_stage -> touch      one unit of work; the secret is always written
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bitting.core import faults
from bitting.core.authz.resource_policies import PolicyRequest
from bitting.core.authz.statements import authorise
from bitting.core.gate import Context, Gate
from bitting.core.key_cache import CachedKey
from bitting.core.model.identity import Principal
from bitting.core.model.secret import (
    CURRENT,
    PREVIOUS,
    Secret,
    SecretGrant,
    SecretState,
    SecretTask,
    SecretVersion,
    Stage,
    TaskState,
)
from bitting.core.ports import UnitOfWork
from bitting.core.quotas import CEILING, limit
from bitting.core.scheduler import cancel
from bitting.core.usecases.secrets.values import binding, read_value, seal_value

KIND = "secret"
ROTATE = "secret.rotate"
STAGES_MAX = 12
VERSIONS_MAX = 20


@dataclass(slots=True)
class NewVersion:
    """A version to be created. ``name`` empty: the next of v1, v2, ..."""

    value: bytes
    binary: bool = False
    name: str = ""
    expires_ms: int = 0
    task_id: str = ""


@dataclass(slots=True)
class VersionWithStages:
    """A version and the stages on it, in their names' order."""

    secret: Secret
    version: SecretVersion
    stages: tuple[str, ...]


def is_deleted(secret: Secret, now_ms: int) -> bool:
    """Whether a scheduled deletion is due: from then on the secret does not exist for anyone."""
    return secret.state is SecretState.PENDING_DELETION and secret.deletion_due_ms <= now_ms


def require_action(principal: Principal, name: str, action: str) -> None:
    """Return if the caller may do this to the secret, whether it exists or not. Raises ``PermissionDenied``."""
    if not principal.admin:
        authorise(principal, action, f"secret/{name}")


def not_found_fault(name: str) -> faults.ResourceNotFound:
    """The fault for an unknown name."""
    return faults.ResourceNotFound(kind=KIND, resource=name)


def get_by_name(uow: UnitOfWork, ring: str, name: str) -> Secret | None:
    """The secret of that name, deleted or not."""
    found = uow.of(Secret).find({"ring": ring, "name": name}, limit=1)
    return found[0] if found else None


def is_visible(secret: Secret | None, principal: Principal, now_ms: int) -> bool:
    """Whether it exists for this caller: in their key ring, in their instance if both are in one, not deleted."""
    if secret is None or secret.ring != principal.ring or is_deleted(secret, now_ms):
        return False
    return not (secret.instance_id and principal.instance_id and secret.instance_id != principal.instance_id)


def require_permission(context: Context, name: str, action: str, secret: Secret | None) -> None:
    """Return if the statements or the secret's policy allow it and neither denies it.

    ``secret`` None if none is visible; then the statements alone decide. Raises as :func:`require_action`.
    """
    if context.principal.admin:
        return
    attempt = PolicyRequest(action, context.request_context.operation, context.request_context.source, context.now_ms)
    policy = secret.policy if secret is not None else ""
    context.gate.authorise_owned(context.principal, attempt, f"secret/{name}", policy)


def find(context: Context, name: str, action: str) -> Secret:
    """The secret. Raises ``PermissionDenied`` first, then ``ResourceNotFound`` with ``kind`` secret."""
    found = get_by_name(context.uow, context.principal.ring, name)
    secret = found if is_visible(found, context.principal, context.now_ms) else None
    require_permission(context, name, action, secret)
    if secret is None:
        raise not_found_fault(name)
    return secret


def find_by_id(context: Context, secret_id: str, action: str) -> Secret:
    """The secret by its id. Raises ``ResourceNotFound`` with ``kind`` secret_id, ``PermissionDenied``."""
    secret = context.uow.of(Secret).get(secret_id)
    if secret is None or not is_visible(secret, context.principal, context.now_ms):
        raise faults.ResourceNotFound(kind="secret_id", resource=secret_id)
    require_permission(context, secret.name, action, secret)
    return secret


def require_value_access(secret: Secret) -> None:
    """Return if values may be read and written. Raises ``SecretPendingDeletion`` or ``SecretNotEnabled``."""
    if secret.state is SecretState.PENDING_DELETION:
        raise faults.SecretPendingDeletion(use="value", state=secret.state.value, resource=secret.name)
    if secret.state is not SecretState.ENABLED:
        raise faults.SecretNotEnabled(state=secret.state.value, resource=secret.name)


def require_editable(secret: Secret) -> None:
    """Return if attributes may change. Raises ``SecretPendingDeletion``."""
    if secret.state is SecretState.PENDING_DELETION:
        raise faults.SecretPendingDeletion(state=secret.state.value, resource=secret.name)


def require_not_frozen(secret: Secret) -> None:
    """Return if its owner may delete the secret. Raises ``SecretNotEnabled`` for one that an operator has frozen."""
    if secret.state is SecretState.FROZEN:
        raise faults.SecretNotEnabled(state=secret.state.value, resource=secret.name)


def touch(uow: UnitOfWork, secret: Secret, now_ms: int, **changes: Any) -> Secret:
    """Store the changed secret, which invalidates caches."""
    changed = replace(secret, updated_ms=now_ms, revision=secret.revision + 1, **changes)
    uow.of(Secret).put(changed)
    return changed


def versions_of(uow: UnitOfWork, secret_id: str) -> Sequence[SecretVersion]:
    """Every version, oldest first."""
    return uow.of(SecretVersion).find({"secret_id": secret_id}, order="number")


def stages_of(uow: UnitOfWork, secret_id: str) -> dict[str, Stage]:
    """Every stage by name."""
    return {stage.name: stage for stage in uow.of(Stage).find({"secret_id": secret_id})}


def version_named(uow: UnitOfWork, secret: Secret, name: str) -> SecretVersion | None:
    """The version of that name."""
    found = uow.of(SecretVersion).find({"secret_id": secret.id, "name": name}, limit=1)
    return found[0] if found else None


def require_version(uow: UnitOfWork, secret: Secret, name: str) -> SecretVersion:
    """The version of that name. Raises ``ResourceNotFound`` with ``kind`` version."""
    version = version_named(uow, secret, name)
    if version is None:
        raise faults.ResourceNotFound(kind="version", resource=name)
    return version


def stages_on(stages: dict[str, Stage], version_id: str) -> tuple[str, ...]:
    """The names of the stages on one version."""
    return tuple(sorted(name for name, stage in stages.items() if stage.version_id == version_id))


def quota(uow: UnitOfWork, ring: str, name: str, documented: int) -> int:
    """The limit per secret in this key ring: the API's documented number, or a lower quota.

    Raises ``ResourceNotFound`` with ``kind`` <name>_quota where the operator has withdrawn the quota (-1).
    """
    most = limit(uow, ring, name)
    if most < 0:
        raise faults.ResourceNotFound(kind=f"{name.removesuffix('s')}_quota", resource=ring)
    return documented if most >= CEILING else min(most, documented)


def add_version(
    gate: Gate, uow: UnitOfWork, cached: CachedKey, secret: Secret, new: NewVersion, now_ms: int
) -> tuple[Secret, SecretVersion]:
    """A sealed version, on no stage yet; the secret counts it but is not stored (:func:`touch` does).

    Raises ``ResourceExists`` with ``kind`` version.
    """
    version_number = secret.versions_made + 1
    name = new.name or f"v{version_number}"
    while version_named(uow, secret, name):
        if new.name:
            raise faults.ResourceExists(kind="version", resource=name)
        version_number += 1
        name = f"v{version_number}"
    data_key, sealed = seal_value(gate, cached, binding(secret, name), new.value)
    version = SecretVersion(
        id=gate.entropy.uuid(),
        secret_id=secret.id,
        name=name,
        number=uow.next_number("secret_versions"),
        created_ms=now_ms,
        key_id=cached.key.id,
        data_key=data_key,
        sealed=sealed,
        binary=new.binary,
        expires_ms=new.expires_ms,
        task_id=new.task_id,
    )
    uow.of(SecretVersion).add(version)
    return replace(secret, versions_made=version_number), version


def put_stage(uow: UnitOfWork, secret: Secret, name: str, version_id: str, now_ms: int) -> Stage:
    """Move the stage to that version. Moving ``current`` moves ``previous`` to where it was."""
    stages = uow.of(Stage)
    stored = stages.get(f"{secret.id}/{name}")
    if name == CURRENT and stored is not None and stored.version_id != version_id:
        put_stage(uow, secret, PREVIOUS, stored.version_id, now_ms)
    stage = Stage(f"{secret.id}/{name}", secret.id, name, version_id, now_ms)
    (stages.put if stored else stages.add)(stage)
    return stage


def purge(uow: UnitOfWork, secret: Secret, most: int) -> None:
    """Delete the oldest versions that no stage names until ``most`` are left or all have a stage."""
    versions = versions_of(uow, secret.id)
    over = len(versions) - most
    if over <= 0:
        return
    named = {stage.version_id for stage in stages_of(uow, secret.id).values()}
    for version in [version for version in versions if version.id not in named][:over]:
        uow.of(SecretVersion).remove(version.id)


def value_equals(gate: Gate, cached: CachedKey, secret: Secret, version: SecretVersion, value: bytes) -> bool:
    """Whether a version has exactly this value."""
    return hmac.compare_digest(read_value(gate, cached, secret, version), value)


def delete_records(uow: UnitOfWork, secret: Secret) -> None:
    """Remove a secret with all its parts from the store; a running rotation cannot change anything afterwards."""
    for kind in (SecretVersion, Stage, SecretGrant):
        records: Any = uow.of(kind)
        while found := records.find({"secret_id": secret.id}):
            for record in found:
                records.remove(record.id)
    for task in uow.of(SecretTask).find({"secret_id": secret.id, "state": TaskState.RUNNING}):
        uow.of(SecretTask).put(replace(task, state=TaskState.FAILED, error="SecretDeleted"))
    cancel(uow, ROTATE, secret.id)
    uow.of(Secret).remove(secret.id)
