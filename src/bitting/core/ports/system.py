"""Time, randomness and the audit trail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

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
        """Record the event. Never raises, and does not block for longer than appending to a buffer."""
        ...


class TrailGuard(Protocol):
    """Whether the trail can take what is to come, and whether it has what has been recorded."""

    def admit(self) -> None:
        """Call before anything is done. Raises ``Unavailable`` if the trail fails and requests are refused then."""
        ...

    def waits(self, *, hot: bool) -> bool:
        """Whether an answer waits until its record is kept; by the settings for hot and other requests."""
        ...

    def settle(self, *, hot: bool) -> bool:
        """Keep everything recorded so far as the settings say; blocks for as long. False if that failed and answers
        that changed nothing must not be given.
        """  # noqa: D205
        ...

    def status(self) -> Mapping[str, Any]:
        """State and counters, for operators: ``failing`` (the reason, or empty), ``written``, ``waiting``..."""
        ...
