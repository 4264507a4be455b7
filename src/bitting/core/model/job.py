"""Jobs: background work, done by whichever process claims it first."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. ``id`` is ``<kind>/<subject>``: a subject has at most one job of a kind.

    ``due_ms`` is on the service's clock, ``lease_until_ms`` on the machine's: moving the developer's clock
    must not take a job from a process that is busy with it. ``owner`` is empty while no process works on it.
    ``attempts`` counts the times work on it has begun since it was last scheduled. ``payload``: JSON that the
    handler understands, empty for none; never secret values.
    """

    id: str
    kind: str
    subject: str
    due_ms: int
    created_ms: int
    payload: str = ""
    attempts: int = 0
    owner: str = ""
    lease_until_ms: int = 0
    error: str = ""
