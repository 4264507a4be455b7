"""Secret rotation: create a new value, set it, test it, and only then make it current.

::

    rotate ─> SecretTask + job          (or on schedule: bitting.core.usecases.secrets.sweeps)
    job:   create  version on the stage pending                      committed
           set     set the new password on the server                external, may have happened before
           test    log in with it                                    external
           finish  current -> new, previous -> old, pending removed  committed together with the job's end
           failure: retry after a back-off; after six tries, or a final refusal, find out which value works:
                   the old one -> the task failed; the new one -> finish after all; unknown -> retry

Guarantee: a value is never dropped while it might be the only one that works. With two alternating users the current
one is not changed at all. If the process is killed, the job is due again when its lease ends, and every step checks
what was done already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from bitting.core import faults
from bitting.core.gate import Context, use_case
from bitting.core.model.key import KeyRef
from bitting.core.model.secret import (
    CURRENT,
    PENDING,
    PREVIOUS,
    Secret,
    SecretRotation,
    SecretState,
    SecretTask,
    SecretType,
    SecretVersion,
    Stage,
    TaskState,
)
from bitting.core.model.service import Switches
from bitting.core.ports import UnitOfWork
from bitting.core.scheduler import JobRun, schedule
from bitting.core.usecases.secrets import events
from bitting.core.usecases.secrets.access_key_rotation import require_right
from bitting.core.usecases.secrets.records import (
    ROTATE,
    VERSIONS_MAX,
    NewVersion,
    add_version,
    find,
    purge,
    put_stage,
    require_value_access,
    touch,
    version_named,
)
from bitting.core.usecases.secrets.rotation_ports import (
    Choose,
    RotationContext,
    RotationRefused,
    RotationSteps,
    UncertainOutcome,
)
from bitting.core.usecases.secrets.values import SEALING, read_value, stored_key, usable_key

TRIES_MAX = 6
WAIT_FIRST_MS, WAIT_LAST_MS = 2_000, 3_600_000
HOUR_MS = 3_600_000
NOT_NOW_MS = 60_000
HOURLY_MAX = 50


@dataclass(slots=True)
class RotateSecret:
    """``version``: the name of the new version, empty for the next number.

    ``versions_max``: the API's documented number.
    """

    name: str
    version: str = ""
    by: str = "caller"


@dataclass(slots=True)
class ListTasks:
    """A page of rotations, newest first. ``after``: the id of the last task of the page before."""

    secret_name: str = ""
    state: str = ""
    task_id: str = ""
    limit: int = 50
    after: str = ""


@dataclass(slots=True)
class TaskPage:
    """``total`` counts every match; ``more``: whether there are tasks after these."""

    tasks: list[SecretTask]
    total: int
    more: bool

    @property
    def next_id(self) -> str | None:
        """The task after which the next page starts; None on the last page."""
        return self.tasks[-1].id if self.more else None


@use_case("secret:rotate", writes=True)
def rotate(context: Context, command: RotateSecret) -> SecretTask:
    """Start a rotation; the task shows its progress. A version that exists already is not an error.

    Raises ``ResourceNotFound``, the state's fault, ``InvalidParameter`` (name: nothing to rotate), ``ResourceInUse``
    (``kind`` rotation), ``RateExceeded``, ``PermissionDenied`` (another user's access keys), the key's faults.
    """
    uow = context.uow
    secret = find(context, command.name, "secret:rotate")
    require_value_access(secret)
    if not is_rotatable(secret):
        raise faults.InvalidParameter(parameter="name", reason="unmanaged")
    usable_key(context, KeyRef.by_id(secret.key_id), SEALING)
    require_right(context, secret)
    running = running_task(uow, secret)
    if running is not None:
        if command.version not in {"", running.version}:
            raise faults.ResourceInUse(kind="rotation", resource=secret.name)
        return running
    if command.version and version_named(uow, secret, command.version):
        done = uow.of(SecretTask).find({"secret_id": secret.id, "version": command.version}, limit=1)
        return done[0] if done else _task(context, secret, command.version, TaskState.SUCCEEDED)
    _require_rate(context)
    return start_rotation(context, secret, command.version, command.by)


def is_rotatable(secret: Secret) -> bool:
    """Whether the secret can be rotated: it has a managed type, or a function."""
    return secret.type is not SecretType.GENERIC or bool(secret.function)


def running_task(uow: UnitOfWork, secret: Secret) -> SecretTask | None:
    """The running rotation, if any."""
    found = uow.of(SecretTask).find({"secret_id": secret.id, "state": TaskState.RUNNING}, limit=1)
    return found[0] if found else None


def start_rotation(context: Context, secret: Secret, version: str, by: str) -> SecretTask:
    """A task and its job, due now."""
    uow = context.uow
    version_number = secret.versions_made
    if not version:
        version_number += 1
        while version_named(uow, secret, version := f"v{version_number}"):
            version_number += 1
    task = replace(_task(context, secret, version, TaskState.RUNNING), by=by)
    uow.of(SecretTask).add(task)
    touch(uow, secret, context.now_ms, versions_made=version_number)
    schedule(uow, ROTATE, secret.id, context.now_ms, context.now_ms, payload=task.id)
    return task


def _task(context: Context, secret: Secret, version: str, state: TaskState) -> SecretTask:
    return new_task(
        context.gate.entropy.uuid(), context.uow.next_number("tasks"), secret, version, state, context.now_ms
    )


def new_task(task_id: str, number: int, secret: Secret, version: str, state: TaskState, now_ms: int) -> SecretTask:
    """A task's record."""
    return SecretTask(
        id=task_id,
        number=number,
        ring=secret.ring,
        account_id=secret.account_id,
        secret_id=secret.id,
        secret_name=secret.name,
        version=version,
        function=secret.function,
        by="caller",
        state=state,
        created_ms=now_ms,
    )


def _require_rate(context: Context) -> None:
    """At most 50 rotations an hour in an account, where the clouds' limits are switched on (Alibaba, RotateSecret)."""
    switches = context.uow.of(Switches).get("service")
    if switches is None or switches.quotas != "cloud":
        return
    where = {"account_id": context.principal.account_id}
    since = context.now_ms - HOUR_MS
    recent = context.uow.of(SecretTask).find(where, order="created_ms", after=since, limit=HOURLY_MAX)
    if len(recent) >= HOURLY_MAX:
        raise faults.RateExceeded(limit="rotations", retry_after_ms=recent[0].created_ms - since)


@use_case("secret:list_tasks")
def list_tasks(context: Context, command: ListTasks) -> TaskPage:
    """One page. Raises ``ResourceNotFound`` with ``kind`` task for an unknown ``task_id`` or ``after``."""
    tasks = context.uow.of(SecretTask)
    ring = context.principal.ring
    if command.task_id:
        return TaskPage([_require_task(context, command.task_id)], 1, more=False)
    where: dict[str, object] = {"ring": ring}
    if command.secret_name:
        where["secret_name"] = command.secret_name
    if command.state:
        where["state"] = command.state
    after = _require_task(context, command.after).number if command.after else None
    found = tasks.find(where, order="number", descending=True, limit=command.limit + 1, after=after)
    return TaskPage(list(found[: command.limit]), tasks.count(where), len(found) > command.limit)


def _require_task(context: Context, task_id: str) -> SecretTask:
    task = context.uow.of(SecretTask).get(task_id)
    if task is None or task.ring != context.principal.ring:
        raise faults.ResourceNotFound(kind="task", resource=task_id)
    return task


# ── the job ───────────────────────────────────────────────────────────────────


def handler(choose: Choose) -> Callable[[JobRun], int | None]:
    """The handler of :data:`ROTATE` jobs. ``choose`` finds the rotation steps for a secret."""

    def run(job_run: JobRun) -> int | None:
        with job_run.gate.store.begin(write=False) as uow:
            task = uow.of(SecretTask).get(job_run.job.payload)
            secret = uow.of(Secret).get(job_run.job.subject)
        if task is None or secret is None or task.state is not TaskState.RUNNING:
            return None
        if secret.state is not SecretState.ENABLED:
            return job_run.now_ms + NOT_NOW_MS
        try:
            _run_steps(job_run, task, secret, choose)
        except (RotationRefused, faults.Fault) as error:
            _retry_or_resolve(job_run, task, secret, choose, error)
        return None

    return run


def _run_steps(job_run: JobRun, task: SecretTask, secret: Secret, choose: Choose) -> None:
    steps = choose(job_run, secret)
    rotation_context = _rotation_context(job_run, task, secret)
    if rotation_context.pending is None:
        rotation_context = _create(job_run, task, steps, rotation_context)
    for step in (steps.set, steps.test):
        job_run.renew_lease()
        step(rotation_context)
    job_run.renew_lease()
    _finish(job_run, task, steps, rotation_context)


def _rotation_context(job_run: JobRun, task: SecretTask, secret: Secret) -> RotationContext:
    """The present values, decrypted."""
    with job_run.gate.store.begin(write=False) as uow:

        def value(version: SecretVersion | None) -> bytes | None:
            if version is None:
                return None
            return read_value(
                job_run.gate, stored_key(job_run.gate, uow, version.key_id, job_run.now_ms), secret, version
            )

        def staged(name: str) -> SecretVersion | None:
            stage = uow.of(Stage).get(f"{secret.id}/{name}")
            return uow.of(SecretVersion).get(stage.version_id) if stage else None

        existing = version_named(uow, secret, task.version)
        pending = existing if existing is not None and existing.task_id == task.id else None
        current = value(staged(CURRENT))
        if current is None:
            raise RotationRefused("NoCurrentVersion", "The secret has no current version.", final=True)
        return RotationContext(secret, task, current, value(staged(PREVIOUS)), value(pending))


def _create(
    job_run: JobRun, task: SecretTask, steps: RotationSteps, rotation_context: RotationContext
) -> RotationContext:
    job_run.renew_lease()
    value = steps.create_value(rotation_context)
    gate, now = job_run.gate, job_run.now_ms
    with gate.store.begin(write=True) as uow:
        secret = _require_enabled(uow, rotation_context.secret)
        cached = stored_key(gate, uow, secret.key_id, now)
        new = NewVersion(value, name=task.version, task_id=task.id)
        changed, version = add_version(gate, uow, cached, secret, new, now)
        put_stage(uow, secret, PENDING, version.id, now)
        steps.record(uow, rotation_context, value)
        touch(uow, changed, now)
    return replace(rotation_context, pending=value)


def _require_enabled(uow: UnitOfWork, secret: Secret) -> Secret:
    stored = uow.of(Secret).get(secret.id)
    if stored is None or stored.state is not SecretState.ENABLED:
        raise RotationRefused("SecretNotEnabled", "The secret is not enabled any more.")
    return stored


def _finish(job_run: JobRun, task: SecretTask, steps: RotationSteps, rotation_context: RotationContext) -> None:
    steps.notify_finished(rotation_context)
    gate, now = job_run.gate, job_run.now_ms
    with gate.store.begin(write=True) as uow:
        secret = _require_enabled(uow, rotation_context.secret)
        steps.finish(uow, rotation_context)
        version = _pending_version(uow, secret, task)
        put_stage(uow, secret, CURRENT, version.id, now)
        uow.of(Stage).remove(f"{secret.id}/{PENDING}")
        purge(uow, secret, VERSIONS_MAX)
        on = secret.rotation is not SecretRotation.DISABLED
        due = now + secret.rotation_interval_s * 1000 if on else 0
        rotation = SecretRotation.ENABLED if on else secret.rotation
        secret = touch(uow, secret, now, rotated_ms=now, rotation_due_ms=due, rotation=rotation)
        uow.of(SecretTask).put(replace(task, state=TaskState.SUCCEEDED, attempts=task.attempts + 1))
        events.emit(gate, uow, secret, events.ROTATED, now, version=version.name, task=task.id)
        job_run.record(secret.account_id, secret.key_id)
        job_run.settle(uow)


def _pending_version(uow: UnitOfWork, secret: Secret, task: SecretTask) -> SecretVersion:
    version = version_named(uow, secret, task.version)
    if version is None:
        raise RotationRefused("VersionGone", "The pending version was erased.", final=True)
    return version


def _retry_or_resolve(job_run: JobRun, task: SecretTask, secret: Secret, choose: Choose, error: BaseException) -> None:
    """Retry later; after the last try, find out which value works and end the rotation accordingly."""
    refused = (
        error if isinstance(error, RotationRefused) else RotationRefused(type(error).__name__, "The rotation failed.")
    )
    task = replace(task, attempts=task.attempts + 1, error=refused.code, error_text=refused.text)
    if task.attempts < TRIES_MAX and not refused.final:
        _retry_later(job_run, task)
        return
    try:
        job_run.renew_lease()
        steps = choose(job_run, secret)
        rotation_context = _rotation_context(job_run, task, secret)
        determine_outcome = (
            UncertainOutcome.OLD_WORKS
            if rotation_context.pending is None
            else steps.determine_outcome(rotation_context)
        )
        if determine_outcome is UncertainOutcome.NEW_WORKS:
            _finish(job_run, task, steps, rotation_context)
        else:
            _fail(job_run, task, refused, steps, rotation_context)
    except (RotationRefused, faults.Fault):
        if _has_pending_value(job_run, task):
            _retry_later(job_run, task)
        else:
            _fail(job_run, task, refused)


def _has_pending_value(job_run: JobRun, task: SecretTask) -> bool:
    """Whether there is a pending value that may already be set on the server."""
    with job_run.gate.store.begin(write=False) as uow:
        found = uow.of(SecretVersion).find({"secret_id": task.secret_id, "name": task.version}, limit=1)
        return bool(found) and found[0].task_id == task.id


def _retry_later(job_run: JobRun, task: SecretTask) -> None:
    wait = min(WAIT_FIRST_MS << min(task.attempts - 1, 12), WAIT_LAST_MS)
    with job_run.gate.store.begin(write=True) as uow:
        uow.of(SecretTask).put(task)
        job_run.settle(uow, job_run.now_ms + wait)


def _fail(
    job_run: JobRun,
    task: SecretTask,
    refused: RotationRefused,
    steps: RotationSteps | None = None,
    rotation_context: RotationContext | None = None,
) -> None:
    """End as failed: the old value stays current, the pending one is deleted.

    The next try is the next scheduled rotation.
    """
    gate, now = job_run.gate, job_run.now_ms
    with gate.store.begin(write=True) as uow:
        uow.of(SecretTask).put(replace(task, state=TaskState.FAILED, error=refused.code, error_text=refused.text))
        secret = uow.of(Secret).get(task.secret_id)
        if secret is not None:
            if steps is not None and rotation_context is not None and rotation_context.pending is not None:
                steps.abandon(uow, rotation_context)
            version = version_named(uow, secret, task.version)
            if version is not None and version.task_id == task.id:
                uow.of(SecretVersion).remove(version.id)
                uow.of(Stage).remove(f"{secret.id}/{PENDING}")
            on = secret.rotation is not SecretRotation.DISABLED
            due = now + secret.rotation_interval_s * 1000 if on else 0
            rotation = SecretRotation.INVALID if on else secret.rotation
            secret = touch(uow, secret, now, rotation=rotation, rotation_due_ms=due)
            events.emit(gate, uow, secret, events.ROTATION_FAILED, now, task=task.id, error=refused.code)
            job_run.record(secret.account_id, secret.key_id, refused.code)
        job_run.settle(uow)
