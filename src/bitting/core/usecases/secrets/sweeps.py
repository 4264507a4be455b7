"""Background jobs of secrets, and the choice of rotation steps.

::

    secrets.erase     deletion due         -> deleted, subscribers notified
    secrets.expire    a version's expiry   -> subscribers notified, once
    secrets.rotate    rotation due         -> a task and its job
    secrets.tidy      expired grants, notices older than three months -> deleted
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from bitting.core.model.secret import (
    Notice,
    Secret,
    SecretGrant,
    SecretRotation,
    SecretState,
    SecretTask,
    SecretVersion,
    Target,
    TaskState,
    Webhook,
)
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import Handler, JobRun, Sweep, schedule
from bitting.core.usecases.secrets import events
from bitting.core.usecases.secrets.access_key_rotation import AccessKeySteps, rotates_access_keys
from bitting.core.usecases.secrets.database_rotation import DatabaseSteps
from bitting.core.usecases.secrets.delivery_targets import server_of
from bitting.core.usecases.secrets.records import ROTATE, delete_records, is_deleted, touch, version_named
from bitting.core.usecases.secrets.rotation import handler, is_rotatable, new_task, running_task
from bitting.core.usecases.secrets.rotation_ports import Choose, HttpClient, RotationRefused, RotationSteps, Rotator
from bitting.core.usecases.secrets.webhook_rotation import WebhookSteps

BATCH = 20
_DYING: Mapping[str, object] = {"state": SecretState.PENDING_DELETION}
_ROTATING: Mapping[str, object] = {
    "rotation": (SecretRotation.ENABLED, SecretRotation.INVALID),
    "state": SecretState.ENABLED,
}
_EXPIRING: Mapping[str, object] = {"noted": False}


def _earliest_deletion(uow: UnitOfWork) -> int | None:
    found = uow.of(Secret).find(_DYING, order="deletion_due_ms", limit=1)
    return found[0].deletion_due_ms if found else None


def _delete_due(job_run: JobRun) -> None:
    with job_run.gate.store.begin(write=True) as uow:
        for secret in uow.of(Secret).find(_DYING, order="deletion_due_ms", limit=BATCH):
            if is_deleted(secret, job_run.now_ms):
                delete_records(uow, secret)
                events.emit(job_run.gate, uow, secret, events.DELETED, job_run.now_ms)
                job_run.record(secret.account_id)
        job_run.settle(uow)


def _earliest_expiry(uow: UnitOfWork) -> int | None:
    found = uow.of(SecretVersion).find(_EXPIRING, order="expires_ms", after=0, limit=1)
    return found[0].expires_ms if found else None


def _expire(job_run: JobRun) -> None:
    with job_run.gate.store.begin(write=True) as uow:
        for version in uow.of(SecretVersion).find(_EXPIRING, order="expires_ms", after=0, limit=BATCH):
            if version.expires_ms > job_run.now_ms:
                break
            uow.of(SecretVersion).put(replace(version, noted=True))
            secret = uow.of(Secret).get(version.secret_id)
            if secret is not None:
                secret = touch(uow, secret, secret.updated_ms)
                events.emit(job_run.gate, uow, secret, events.EXPIRED, job_run.now_ms, version=version.name)
        job_run.settle(uow)


def _earliest_rotation(uow: UnitOfWork) -> int | None:
    found = uow.of(Secret).find(_ROTATING, order="rotation_due_ms", after=0, limit=1)
    return found[0].rotation_due_ms if found else None


def _rotate(job_run: JobRun) -> None:
    now = job_run.now_ms
    with job_run.gate.store.begin(write=True) as uow:
        for secret in uow.of(Secret).find(_ROTATING, order="rotation_due_ms", after=0, limit=BATCH):
            if secret.rotation_due_ms > now:
                break
            version_number = secret.versions_made
            if is_rotatable(secret) and running_task(uow, secret) is None:
                version_number += 1
                while version_named(uow, secret, f"v{version_number}"):
                    version_number += 1
                number = uow.next_number("tasks")
                task = new_task(
                    job_run.gate.entropy.uuid(), number, secret, f"v{version_number}", TaskState.RUNNING, now
                )
                uow.of(SecretTask).add(replace(task, by="clock"))
                schedule(uow, ROTATE, secret.id, now, now, payload=task.id)
            # finishing sets the next time; this one only keeps this job from seeing the secret again
            due = now + max(secret.rotation_interval_s, 1) * 1000
            touch(uow, secret, secret.updated_ms, versions_made=version_number, rotation_due_ms=due)
        job_run.settle(uow)


def _earliest_expired(uow: UnitOfWork) -> int | None:
    notices = uow.of(Notice).find(order="created_ms", limit=1)
    grants = uow.of(SecretGrant).find(order="until_ms", after=0, limit=1)
    times = [notice.created_ms + events.KEPT_MS for notice in notices] + [grant.until_ms for grant in grants]
    return min(times) if times else None


def _delete_expired(job_run: JobRun) -> None:
    with job_run.gate.store.begin(write=True) as uow:
        for notice in uow.of(Notice).find(order="created_ms", limit=BATCH * 10):
            if notice.created_ms + events.KEPT_MS <= job_run.now_ms:
                uow.of(Notice).remove(notice.id)
        for grant in uow.of(SecretGrant).find(order="until_ms", after=0, limit=BATCH * 10):
            if grant.until_ms <= job_run.now_ms:
                uow.of(SecretGrant).remove(grant.id)
        job_run.settle(uow)


SECRET_SWEEPS = (
    Sweep("secrets.erase", _earliest_deletion, _delete_due),
    Sweep("secrets.expire", _earliest_expiry, _expire),
    Sweep("secrets.rotate", _earliest_rotation, _rotate),
    Sweep("secrets.tidy", _earliest_expired, _delete_expired),
)


def steps_for(rotators: Mapping[str, Rotator], http_client: HttpClient) -> Choose:
    """Choose the rotation steps for a secret.

    A function named by the secret; this server itself for its own access keys; else the database server, or the
    webhook, that the operator has registered under the secret's target.
    """

    def choose(job_run: JobRun, secret: Secret) -> RotationSteps:
        with job_run.gate.store.begin(write=False) as uow:
            named = secret.function or secret.target
            webhook = uow.of(Webhook).get(f"{secret.account_id}/{named}")
            target = None if secret.function else uow.of(Target).get(f"{secret.account_id}/{secret.target}")
        if rotates_access_keys(secret):
            return AccessKeySteps(job_run.gate)
        if target is not None:
            return DatabaseSteps(job_run.gate, rotators[target.engine], server_of(job_run.gate, target))
        if webhook is not None:
            return WebhookSteps(job_run.gate, http_client, webhook)
        raise RotationRefused("TargetUnknown", f"The operator has registered no server or webhook {named}.", final=True)

    return choose


def secret_handlers(rotators: Mapping[str, Rotator], http_client: HttpClient) -> dict[str, Handler]:
    """The handlers of the jobs that secrets make."""
    deliver: Callable[[JobRun], int | None] = events.deliver(http_client)
    return {ROTATE: handler(steps_for(rotators, http_client)), events.DELIVER: deliver}
