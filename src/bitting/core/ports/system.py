"""Time, randomness and the audit trail."""

from __future__ import annotations

from typing import Protocol

from bitting.core.model.audit_event import AuditEvent


class Clock(Protocol):
    """Two clocks: the service's, which developer mode can move, and the machine's, which it cannot."""

    def now_ms(self) -> int:
        """The service's time: milliseconds since 1970, UTC. Waiting periods, rotation and expiry use it."""
        ...

    def wall_ms(self) -> int:
        """The machine's time. Used only to check the timestamps of requests."""
        ...


class Entropy(Protocol):
    """Random numbers of cryptographic quality."""

    def random(self, count: int) -> bytes:
        """``count`` random bytes."""
        ...

    def uuid(self) -> str:
        """A random UUID (version 4), lower case, 36 characters."""
        ...


class Trail(Protocol):
    """The audit trail."""

    def record(self, event: AuditEvent) -> None:
        """Record the event. Must not block for longer than appending to a buffer."""
        ...
