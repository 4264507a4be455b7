"""Audit records as JSON lines, group-committed.

::

    gate -> record(event): append to a list      flusher thread: every flush_ms, encode, one write, next

A record is in the file at most ``flush_ms`` after the answer left; a killed process loses at most that much
of its trail and nothing else. Whole lines are appended in one ``write`` to a file opened for appending, so
that worker processes share one file.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path

import msgspec

from bitting.core.model.audit_event import AuditEvent

_BUFFER_MAX = 50_000


class FileTrail:
    """A :class:`bitting.core.ports.Trail` over one file."""

    def __init__(self, path: Path, flush_ms: int) -> None:
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._encode = msgspec.json.Encoder().encode
        self._waiting: list[AuditEvent] = []
        self._writing = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._flush_forever, args=(flush_ms / 1000,), daemon=True, name="audit")
        self._thread.start()

    def record(self, event: AuditEvent) -> None:
        """Keep the event; writes at once only if far too many are waiting."""
        self._waiting.append(event)
        if len(self._waiting) > _BUFFER_MAX:
            self.flush()

    def flush(self) -> None:
        """Write everything recorded so far."""
        with self._writing:
            waiting, self._waiting = self._waiting, []
            if waiting:
                lines = b"\n".join(map(self._encode, waiting)) + b"\n"
                while lines:
                    lines = lines[os.write(self._fd, lines) :]

    def close(self) -> None:
        """Write what waits and let go of the file."""
        self._stop.set()
        self._thread.join(timeout=5)
        self.flush()
        os.close(self._fd)

    def _flush_forever(self, seconds: float) -> None:
        while not self._stop.wait(seconds):
            self.flush()
