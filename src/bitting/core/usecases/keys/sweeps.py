"""What happens to keys by the clock alone.

::

    keys.erase     deletion due      -> versions, aliases and the key itself are gone
    keys.expire    material expired  -> material erased, the key waits for it to be imported again
    keys.rotate    rotation due      -> a new primary version
    imports.expire token expired     -> the wrapping key made for it is gone

Each works in small transactions, so that writers get their turn. The gate hides erased keys and treats expired
material as gone from the very millisecond; the sweeps only make it true on disk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bitting.core.key_states import is_deleted
from bitting.core.model.grant import Grant
from bitting.core.model.importing import ImportTicket
from bitting.core.model.key import Alias, Key, KeyState, KeyVersion, RotationState
from bitting.core.model.region import Replica
from bitting.core.ports import StoredMaterial, UnitOfWork
from bitting.core.scheduler import JobRun, Sweep
from bitting.core.usecases.keys.material_import import delete_tickets
from bitting.core.usecases.keys.tags import remove_tags
from bitting.core.usecases.keys.versions import may_rotate, rotate_key

BATCH = 20
FROZEN_WAIT_MS = 86_400_000
_DYING: Mapping[str, object] = {"state": KeyState.PENDING_DELETION}
_EXPIRING: Mapping[str, object] = {"state": (KeyState.ENABLED, KeyState.DISABLED)}
_ROTATING: Mapping[str, object] = {"rotation": RotationState.ENABLED}


def _earliest(where: Mapping[str, object], field: str) -> Callable[[UnitOfWork], int | None]:
    def look(uow: UnitOfWork) -> int | None:
        found = uow.of(Key).find(where, order=field, after=0, limit=1)
        return int(getattr(found[0], field)) if found else None

    return look


def _due(job_run: JobRun, where: Mapping[str, object], field: str) -> list[Key]:
    with job_run.gate.store.begin(write=False) as uow:
        found = uow.of(Key).find(where, order=field, after=0, limit=BATCH)
    return [key for key in found if getattr(key, field) <= job_run.now_ms]


def erase_keys(job_run: JobRun) -> None:
    """Erase keys whose deletion is due. The provider forgets first: a crash in between is finished next time."""
    for key in _due(job_run, _DYING, "deletion_due_ms"):
        job_run.renew_lease()
        with job_run.gate.store.begin(write=False) as uow:
            versions = uow.of(KeyVersion).find({"key_id": key.id})
        for version in versions:
            if version.wrapped:
                job_run.gate.providers[key.provider].destroy(StoredMaterial(version.wrapped, version.public))
        with job_run.gate.store.begin(write=True) as uow:
            stored = uow.of(Key).get(key.id)
            if stored is not None and is_deleted(stored, job_run.now_ms):
                erase(uow, stored)
                job_run.record(stored.account_id, stored.id)


def erase(uow: UnitOfWork, key: Key) -> None:
    """Take a key and all that hangs on it out of the store."""
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


def expire_material(job_run: JobRun) -> None:
    """Erase imported material whose time is over; the fingerprint stays, since only the same may come back."""
    for key in _due(job_run, _EXPIRING, "material_expires_ms"):
        with job_run.gate.store.begin(write=True) as uow:
            stored = uow.of(Key).get(key.id)
            if stored is None or stored.state is not key.state or stored.material_expires_ms != key.material_expires_ms:
                continue
            for version in uow.of(KeyVersion).find({"key_id": key.id}):
                uow.of(KeyVersion).put(replace(version, wrapped=b""))
            uow.of(Key).put(replace(stored, state=KeyState.PENDING_IMPORT, material_expires_ms=0))
            job_run.record(stored.account_id, stored.id)


def rotate_keys(job_run: JobRun) -> None:
    """Rotate keys whose time has come; one that is frozen is looked at again a day later."""
    for key in _due(job_run, _ROTATING, "rotation_due_ms"):
        job_run.renew_lease()
        with job_run.gate.store.begin(write=True) as uow:
            stored = uow.of(Key).get(key.id)
            if stored is None or stored.rotation_due_ms != key.rotation_due_ms:
                continue
            if may_rotate(stored):
                rotate_key(job_run.gate, uow, stored, job_run.now_ms)
                job_run.record(stored.account_id, stored.id)
            else:
                uow.of(Key).put(replace(stored, rotation_due_ms=job_run.now_ms + FROZEN_WAIT_MS))


def _earliest_ticket(uow: UnitOfWork) -> int | None:
    found = uow.of(ImportTicket).find(order="expires_ms", limit=1)
    return found[0].expires_ms if found else None


def expire_tickets(job_run: JobRun) -> None:
    """Forget wrapping keys nobody can use any more."""
    with job_run.gate.store.begin(write=True) as uow:
        for ticket in uow.of(ImportTicket).find(order="expires_ms", limit=BATCH):
            if ticket.expires_ms <= job_run.now_ms:
                uow.of(ImportTicket).remove(ticket.id)


SWEEPS = (
    Sweep("imports.expire", _earliest_ticket, expire_tickets),
    Sweep("keys.erase", _earliest(_DYING, "deletion_due_ms"), erase_keys),
    Sweep("keys.expire", _earliest(_EXPIRING, "material_expires_ms"), expire_material),
    Sweep("keys.rotate", _earliest(_ROTATING, "rotation_due_ms"), rotate_keys),
)
