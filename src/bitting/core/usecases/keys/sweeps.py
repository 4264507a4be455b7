"""Background jobs of keys.

::

    keys.erase     deletion due      -> :func:`~bitting.core.usecases.keys.deletion.delete_due_keys`
    keys.expire    material expired  -> material deleted, the key is pending import again
    keys.rotate    rotation due      -> a new primary version
    imports.expire token expired     -> its wrapping key is deleted

Each works in small transactions, so that other writers are not blocked for long. The gate hides deleted keys and
expired material from the exact time on; these jobs remove what is stored.
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
    """Delete expired material. Its fingerprint stays: only the same material may be imported again."""
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
    """Rotate keys whose rotation is due; a frozen key is looked at again a day later."""
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
    """Delete expired wrapping keys."""
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
