"""Work that comes due: each piece done by one process of those that share a store, again if that one dies.

::

    use case ── schedule(uow, ...) ──> Job record, committed with whatever asked for it
    run_due():  look (a read) -> claim (owner + lease) -> handler(turn) -> settle (next due time, or done)
                                     │ killed: the lease runs out, the job is due again
                                     └ raised: due again after a back-off, 1 s doubling up to 1 h
    Sweep: finds its own work in the records (earliest due time of all keys), so idle time writes nothing

1. A job is claimed in a write transaction, so of two processes that see it one gets it.
2. A handler may run again after a crash: it must find out how far the last run came.
3. Whoever lost the lease cannot settle: :meth:`Turn.settle` raises inside the handler's own transaction.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bitting.core.gate import Gate
from bitting.core.model.audit_event import AuditEvent
from bitting.core.model.job import Job
from bitting.core.ports import UnitOfWork

LEASE_MS = 30_000
BATCH = 32
RETRY_FIRST_MS = 1_000
RETRY_LAST_MS = 3_600_000
_DOUBLINGS_MAX = 12


class LeaseLost(Exception):
    """Somebody else may be doing this job by now. Stop, change nothing more."""


def job_id(kind: str, subject: str) -> str:
    """The id of a subject's job of one kind."""
    return f"{kind}/{subject}"


def schedule(uow: UnitOfWork, kind: str, subject: str, due_ms: int, now_ms: int, payload: str = "") -> Job:
    """Have it done at ``due_ms``: a new job, or the subject's job of this kind moved there and counted afresh.

    A run that is under way goes on; the job is due again after it.
    """
    jobs = uow.of(Job)
    held = jobs.get(job_id(kind, subject))
    if held is None:
        job = Job(job_id(kind, subject), kind, subject, due_ms, now_ms, payload)
        jobs.add(job)
    else:
        job = replace(held, due_ms=due_ms, payload=payload, attempts=0, error="")
        jobs.put(job)
    return job


def cancel(uow: UnitOfWork, kind: str, subject: str) -> bool:
    """Have it not done. True if there was a job; a run under way cannot settle any more."""
    return uow.of(Job).remove(job_id(kind, subject))


def machine_ms() -> int:
    """The machine's clock, which nobody moves; nodes must agree on it to a few seconds (NTP)."""
    return time.time_ns() // 1_000_000


class JobRun:
    """One run of one job, as its handler sees it."""

    def __init__(self, gate: Gate, job: Job, machine: Callable[[], int]) -> None:
        self.gate = gate
        self.job = job
        self.settled = False
        self._machine = machine

    @property
    def now_ms(self) -> int:
        """The service's time."""
        return self.gate.clock.now_ms()

    def renew_lease(self) -> None:
        """Renew the lease; call it before each step that takes seconds. Raises :class:`LeaseLost`."""
        with self.gate.store.begin(write=True) as uow:
            held = self._held(uow)
            uow.of(Job).put(replace(held, lease_until_ms=self._machine() + LEASE_MS))

    def settle(self, uow: UnitOfWork, due_ms: int | None = None, payload: str | None = None) -> None:
        """End the run inside the handler's transaction: done, or due again. Raises :class:`LeaseLost`.

        If the job was scheduled anew meanwhile, that time stands.
        """
        held = self._held(uow)
        moved = held.due_ms != self.job.due_ms
        if due_ms is None and not moved:
            uow.of(Job).remove(held.id)
        else:
            due = held.due_ms if moved or due_ms is None else due_ms
            rest = held.payload if payload is None or moved else payload
            uow.of(Job).put(replace(held, due_ms=due, payload=rest, attempts=0, owner="", lease_until_ms=0, error=""))
        self.settled = True

    def postpone(self, error: BaseException) -> None:
        """The run failed: due again after the back-off."""
        wait = min(RETRY_FIRST_MS << min(self.job.attempts - 1, _DOUBLINGS_MAX), RETRY_LAST_MS)
        with self.gate.store.begin(write=True) as uow:
            held = self._held(uow)
            due = held.due_ms if held.due_ms != self.job.due_ms else self.now_ms + wait
            name = type(error).__name__
            uow.of(Job).put(replace(held, due_ms=due, owner="", lease_until_ms=0, error=name))

    def record(self, account_id: str, key_id: str = "", outcome: str = "ok") -> None:
        """Tell the audit trail what was done without anybody asking."""
        kind, now = self.job.kind, self.now_ms
        self.gate.trail.record(
            AuditEvent(now, self.job.id, "scheduler", kind, account_id, "", "", key_id, outcome, "job")
        )

    def _held(self, uow: UnitOfWork) -> Job:
        held = uow.of(Job).get(self.job.id)
        if held is None or held.owner != self.job.owner:
            raise LeaseLost
        return held


#: Does one job. Gives the time it is due again, or None when it is done.
Handler = Callable[[JobRun], int | None]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Work found in the records themselves. ``earliest``: when the next of it is due, None for never."""

    kind: str
    earliest: Callable[[UnitOfWork], int | None]
    run: Handler


class Scheduler:
    """One per worker process. ``owner`` must be unlike any other process's.

    ``report`` takes (job id, exception) for the log.
    """

    def __init__(
        self,
        gate: Gate,
        handlers: Mapping[str, Handler],
        sweeps: Sequence[Sweep],
        owner: str,
        report: Callable[[str, BaseException], None],
        *,
        machine: Callable[[], int] = machine_ms,
    ) -> None:
        self._gate = gate
        self._sweeps = sweeps
        self._handlers = {**handlers, **{sweep.kind: sweep.run for sweep in sweeps}}
        self._owner = owner
        self._report = report
        self._machine = machine
        self._turns = 0

    def run_due(self) -> int:
        """Do what is due now, once; how many jobs were begun. Nothing while sealed.

        Raises nothing but what the store raises.
        """
        if self._gate.seal is not None and self._gate.seal.status().sealed:
            return 0
        view = self._gate.cache.loading
        view.refresh()
        switches = self._gate.switches(view)
        if switches.replica or switches.maintenance:
            return 0
        return sum(self._run(*wanted) for wanted in self._due())

    def _due(self) -> list[tuple[str, str]]:
        """(job id, kind) of what is due and not under way."""
        now, machine = self._gate.clock.now_ms(), self._machine()
        with self._gate.store.begin(write=False) as uow:
            jobs = uow.of(Job)
            found = jobs.find({"kind": tuple(self._handlers)}, order="due_ms", limit=BATCH)
            due = [(job.id, job.kind) for job in found if job.due_ms <= now and job.lease_until_ms <= machine]
            for sweep in self._sweeps:
                earliest = sweep.earliest(uow)
                if earliest is not None and earliest <= now and jobs.get(job_id(sweep.kind, "")) is None:
                    due.append((job_id(sweep.kind, ""), sweep.kind))
        return due

    def _claim(self, wanted: str, kind: str) -> Job | None:
        now, machine = self._gate.clock.now_ms(), self._machine()
        self._turns += 1
        owner = f"{self._owner}/{self._turns}"
        with self._gate.store.begin(write=True) as uow:
            jobs = uow.of(Job)
            held = jobs.get(wanted)
            if held is None:
                if wanted != job_id(kind, ""):
                    return None
                job = Job(wanted, kind, "", now, now, "", 1, owner, machine + LEASE_MS)
                jobs.add(job)
                return job
            if held.due_ms > now or held.lease_until_ms > machine:
                return None
            job = replace(held, owner=owner, lease_until_ms=machine + LEASE_MS, attempts=held.attempts + 1)
            jobs.put(job)
            return job

    def _run(self, wanted: str, kind: str) -> bool:
        job = self._claim(wanted, kind)
        if job is None:
            return False
        turn = JobRun(self._gate, job, self._machine)
        try:
            self._settled(turn, self._handlers[kind](turn))
        except LeaseLost:
            return True
        except Exception as error:  # noqa: BLE001 - a job that fails is tried again, whatever the reason
            self._report(job.id, error)
            self._postponed(turn, error)
        return True

    @staticmethod
    def _settled(turn: JobRun, due_ms: int | None) -> None:
        if turn.settled:
            return
        with turn.gate.store.begin(write=True) as uow:
            turn.settle(uow, due_ms)

    @staticmethod
    def _postponed(turn: JobRun, error: BaseException) -> None:
        if turn.settled:
            return
        try:
            turn.postpone(error)
        except LeaseLost:
            return
