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

from collections.abc import Mapping
from dataclasses import replace

from bitting.core.model.importing import ImportTicket
from bitting.core.model.key import Key, KeyState, KeyVersion, RotationState
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import JobRun, Sweep
from bitting.core.usecases.keys import deletion
from bitting.core.usecases.keys.due_keys import BATCH, due, earliest
from bitting.core.usecases.keys.versions import may_rotate, rotate_key

FROZEN_WAIT_MS = 86_400_000
_EXPIRING: Mapping[str, object] = {"state": (KeyState.ENABLED, KeyState.DISABLED)}
_ROTATING: Mapping[str, object] = {"rotation": RotationState.ENABLED}


def expire_material(job_run: JobRun) -> None:
    """Erase imported material whose time is over; the fingerprint stays, since only the same may come back."""
    for key in due(job_run, _EXPIRING, "material_expires_ms"):
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
    for key in due(job_run, _ROTATING, "rotation_due_ms"):
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
    Sweep("keys.erase", earliest(deletion.PENDING, "deletion_due_ms"), deletion.delete_due_keys),
    Sweep("keys.expire", earliest(_EXPIRING, "material_expires_ms"), expire_material),
    Sweep("keys.rotate", earliest(_ROTATING, "rotation_due_ms"), rotate_keys),
)
