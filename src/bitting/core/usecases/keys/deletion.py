"""Key deletion: scheduled, cancelled, and carried out when the waiting period is over.

::

    schedule_deletion   any state but pending deletion -> pending deletion, unusable from now on
    cancel_deletion     pending deletion               -> the state that the caller's cloud documents
    delete_due_keys     waiting period over            -> material destroyed, then the records removed  (background job)

From the moment the waiting period ends the gate treats the key as deleted (:func:`bitting.core.key_states.is_deleted`);
the job removes what is stored shortly afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.key_states import effective_state, is_deleted
from bitting.core.model.grant import Grant
from bitting.core.model.key import Alias, Key, KeyRef, KeyState, KeyVersion, RotationState
from bitting.core.model.region import Replica
from bitting.core.ports import StoredMaterial, UnitOfWork
from bitting.core.scheduler import JobRun
from bitting.core.usecases.keys.due_keys import due
from bitting.core.usecases.keys.lifecycle import require_user_key
from bitting.core.usecases.keys.material_import import delete_tickets
from bitting.core.usecases.keys.tags import remove_tags

DAY_MS = 86_400_000
PENDING: Mapping[str, object] = {"state": KeyState.PENDING_DELETION}


@dataclass(slots=True)
class ScheduleDeletion:
    """``days`` from now; the dialect has checked its own bounds."""

    key: KeyRef
    days: int


@dataclass(slots=True)
class CancelDeletion:
    """``to``: the state the key returns to (clouds differ); a key without material returns to pending import."""

    key: KeyRef
    to: KeyState = KeyState.ENABLED


def _key(command: ScheduleDeletion | CancelDeletion) -> KeyRef:
    return command.key


@use_case("key:schedule_deletion", key=_key, states="schedule_deletion", writes=True)
def schedule_deletion(context: Context, command: ScheduleDeletion) -> Key:
    """Make the key unusable now, to be deleted after ``days``.

    Raises ``KeyDeletionProtected``, ``ServiceKeyProtected``.
    """
    key = context.key
    require_user_key(key)
    if key.deletion_protection:
        raise faults.KeyDeletionProtected(key_id=key.id)
    rotation = RotationState.SUSPENDED if key.rotation is RotationState.ENABLED else key.rotation
    key = replace(
        key,
        state=KeyState.PENDING_DELETION,
        state_before_deletion=effective_state(key, context.now_ms).value,
        rotation=rotation,
        deletion_scheduled_ms=context.now_ms,
        deletion_due_ms=context.now_ms + command.days * DAY_MS,
    )
    context.uow.of(Key).put(key)
    return key


@use_case("key:cancel_deletion", key=_key, states="cancel_deletion", writes=True)
def cancel_deletion(context: Context, command: CancelDeletion) -> Key:
    """Cancel the scheduled deletion. Raises ``KeyNotPendingDeletion``."""
    imports = context.key.state_before_deletion == KeyState.PENDING_IMPORT
    state = KeyState.PENDING_IMPORT if imports else command.to
    resumed = RotationState.ENABLED if state is KeyState.ENABLED else RotationState.SUSPENDED
    rotation = context.key.rotation if context.key.rotation is RotationState.DISABLED else resumed
    key = replace(
        context.key,
        state=state,
        rotation=rotation,
        state_before_deletion="",
        deletion_due_ms=0,
        deletion_scheduled_ms=0,
    )
    context.uow.of(Key).put(key)
    return key


def delete_due_keys(job_run: JobRun) -> None:
    """Carry out deletions that are due, up to :data:`~bitting.core.usecases.keys.due_keys.BATCH` keys at a time.

    The provider destroys the material before the records go, so that a crash in between is made good by the next run.
    """
    for key in due(job_run, PENDING, "deletion_due_ms"):
        job_run.renew_lease()
        with job_run.gate.store.begin(write=False) as uow:
            versions = uow.of(KeyVersion).find({"key_id": key.id})
        for version in versions:
            if version.wrapped:
                job_run.gate.providers[key.provider].destroy(StoredMaterial(version.wrapped, version.public))
        with job_run.gate.store.begin(write=True) as uow:
            stored = uow.of(Key).get(key.id)
            if stored is not None and is_deleted(stored, job_run.now_ms):
                delete_records(uow, stored)
                job_run.record(stored.account_id, stored.id)


def delete_records(uow: UnitOfWork, key: Key) -> None:
    """Remove a key with its versions, aliases, grants, tags, replicas and import tickets."""
    kinds: tuple[type[KeyVersion | Alias | Grant], ...] = (KeyVersion, Alias, Grant)
    for kind in kinds:
        while found := uow.of(kind).find({"key_id": key.id}):
            for record in found:
                uow.of(kind).remove(record.id)
    for replica in uow.of(Replica).find({"key_id": key.id}):
        remove_tags(uow, replica.ring, "key", key.id)
        uow.of(Replica).remove(replica.id)
    remove_tags(uow, key.ring, "key", key.id)
    delete_tickets(uow, key.id)
    uow.of(Key).remove(key.id)
