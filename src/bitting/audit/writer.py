"""The trail's writing end: records wait in memory, whoever needs them kept writes them all.

::

    record(event) ──> waiting ──┬── thread of a cold request: settle() writes all that waits, itself  (sync, written)
                                ├── event loop: waits for a thread that settles many at once          (sync, written)
                                └── flusher thread: every flush_ms                                    (buffered)

One writes at a time; who comes meanwhile finds his record written by the other, or writes the next batch: group commit
without a hand-over. An event leaves ``waiting`` when it is in the file and not before. When the file cannot be written,
nothing is forgotten: the flusher tries again until it can be, ``failing`` says why, and requests are refused or served
as the policy says. Up to ``KEPT_MAX`` records are kept so; of more only the number, which the chain is told.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bitting.audit import heads, retention
from bitting.audit.chain import Head, signed_text
from bitting.audit.policy import AuditPolicy
from bitting.audit.segments import Segments
from bitting.audit.signer import Signer
from bitting.core.faults import Unavailable
from bitting.core.model.audit_event import AuditEvent

KEPT_MAX = 100_000
BATCH_MAX = 5_000
RETRY_SECONDS = 0.25
_encode = msgspec.json.Encoder().encode

#: Sees every batch once it is in the file; what it returns is recorded next.
Observer = Callable[[Sequence[AuditEvent]], Sequence[AuditEvent]]


class FileTrail:
    """A :class:`bitting.core.ports.Trail` and ``TrailGuard`` over the segments in ``directory``.

    ``signer`` None: chained, not signed. ``anchor`` is told of every checkpoint, on the flusher thread.
    """

    def __init__(
        self,
        directory: Path,
        policy: AuditPolicy,
        signer: Signer | None = None,
        observer: Observer | None = None,
        anchor: Callable[[Mapping[str, Any]], None] | None = None,
    ) -> None:
        self._segments = Segments(directory, policy.segment_bytes)
        self._policy = policy
        self._signer = signer
        self._observer = observer
        self._anchor = anchor
        self._waiting: deque[AuditEvent] = deque()
        self._written = self._synced = self._lost = self._lost_told = self._failures = 0
        self._unsigned: Head | None = None
        self._writing = threading.Lock()
        self._failing = ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._flush_forever, daemon=True, name="audit")
        self._thread.start()

    def record(self, event: AuditEvent) -> None:
        """Keep the event. Never raises, never writes."""
        if len(self._waiting) >= KEPT_MAX:
            self._lost += 1
            return
        self._waiting.append(event)

    def admit(self) -> None:
        """Raises ``Unavailable`` while records cannot be kept, unless the policy is to go on."""
        if self._failing and self._policy.on_failure == "refuse":
            raise Unavailable(reason=f"audit: {self._failing}")

    def waits(self, *, hot: bool) -> bool:
        """Whether the level is other than ``buffered``."""
        return self._policy.level(hot=hot) != "buffered"

    def settle(self, *, hot: bool) -> bool:
        """Write, and sync if the level says so. False if that failed and the policy is to refuse."""
        if self.flush(sync=self._policy.level(hot=hot) == "sync"):
            return True
        return self._policy.on_failure != "refuse"

    def status(self) -> Mapping[str, Any]:
        """``failing``, and counters since this process started."""
        return {
            "failing": self._failing,
            "failures": self._failures,
            "waiting": len(self._waiting),
            "written": self._written,
            "lost": self._lost,
            "durability": self._policy.durability,
            "durability_hot": self._policy.hot,
            "on_failure": self._policy.on_failure,
        }

    @property
    def failing(self) -> str:
        """Why records cannot be kept just now, where that means that requests are refused; else empty."""
        return self._failing if self._policy.on_failure == "refuse" else ""

    def flush(self, *, sync: bool = False) -> bool:
        """Write everything recorded before the call, and bring it to the disk if asked. False if that failed."""
        with self._writing:
            wanted = self._written + len(self._waiting)
            try:
                while self._written < wanted:
                    self._write_batch()
                if sync and self._synced < wanted:
                    reached = self._written
                    self._segments.sync()
                    self._synced = reached
            except OSError as error:
                self._failing = error.strerror or type(error).__name__
                self._failures += 1
                return False
        return True

    def resume(self) -> None:
        """Call at a start of the server: say in the chain how many lines the last one left unsigned. Then they are.

        Raises ``OSError``.
        """
        now = time.time_ns() // 1_000_000
        with self._writing, self._segments.locked():
            end, held = self._segments.head(now), _held(self._segments.directory)
            if held is not None and end.seq > held.seq:
                resumed = {"kind": "resumed", "time_ms": now, "unsigned": end.seq - held.seq}
                end = self._segments.append([_encode(resumed)], now)
            self._unsigned = end
            self._failing = self._segments.ensure_reserve()
        self._sign()

    def close(self) -> None:
        """Write what waits, sign the end, let go."""
        self._stop.set()
        self._thread.join(timeout=5)
        self.flush(sync=True)
        self._sign()
        self._segments.close()

    def _write_batch(self) -> None:
        """The longest-waiting records; they go on waiting if it fails."""
        count = min(len(self._waiting), BATCH_MAX)
        batch = list(itertools.islice(self._waiting, count))
        payloads = [_payload(event) for event in batch]
        now = time.time_ns() // 1_000_000
        lost = self._lost
        if lost > self._lost_told:
            payloads.append(_encode({"kind": "lost", "time_ms": now, "count": lost - self._lost_told}))
        with self._segments.locked():
            self._unsigned = self._segments.append(payloads, now)
        self._lost_told = lost
        for _ in range(count):
            self._waiting.popleft()
        self._written += count
        self._failing = self._segments.ensure_reserve()
        if self._observer is not None:
            for further in self._observer(batch):
                self.record(further)

    def _flush_forever(self) -> None:
        pause = self._policy.flush_ms / 1000
        while not self._stop.wait(max(pause, RETRY_SECONDS) if self._failing else pause):
            if self._failing:
                self._probe()
            self.flush()
            self._sign()

    def _probe(self) -> None:
        """Nothing waits, yet the trail failed: see whether it still does."""
        if self._waiting or self._segments.ensure_reserve():
            return
        now = time.time_ns() // 1_000_000
        with self._writing:
            try:
                with self._segments.locked():
                    self._unsigned = self._segments.append([_encode({"kind": "recovered", "time_ms": now})], now)
                    self._failing = self._segments.ensure_reserve()
            except OSError:
                self._failures += 1

    def _sign(self) -> None:
        """Sign where the chain ends now; write a checkpoint and drop old segments when it is time."""
        if self._signer is None or self._unsigned is None:
            return
        now = time.time_ns() // 1_000_000
        try:
            with self._writing, self._segments.locked():
                self._sign_locked(self._signer, now)
        except OSError:
            self._failures += 1  # signed with the next turn; whether records can be kept, records themselves find out

    def _sign_locked(self, signer: Signer, now: int) -> None:
        head = self._segments.head(now)
        held = _held(self._segments.directory)
        checkpoint_ms = held.checkpoint_ms if held else 0
        if now - checkpoint_ms >= self._policy.checkpoint_s * 1000:
            signature = signer.sign(signed_text("checkpoint", head, now))
            if not signature:
                return
            checkpoint = {"kind": "checkpoint", "time_ms": now, "signature": signature}
            head = self._segments.append([_encode(checkpoint)], now)
            dropped = retention.due(self._segments, self._policy, now)
            if dropped:
                head = self._segments.append([_encode(each) for each in dropped], now)
                retention.drop(self._segments, dropped)
            checkpoint_ms = now
        if heads.write(self._segments.directory, head, now, checkpoint_ms, signer):
            self._unsigned = None
            if checkpoint_ms == now and self._anchor is not None:
                self._anchor({"seq": head.seq, "digest": head.digest, "time_ms": now})


def _held(directory: Path) -> heads.SignedHead | None:
    """The head there is; None for one that somebody spoiled, which the next one replaces."""
    try:
        return heads.read(directory)
    except ValueError:
        return None


def _payload(event: AuditEvent) -> bytes:
    try:
        return _encode(event)
    except UnicodeEncodeError:  # header text need not be Unicode
        texts: dict[str, Any] = {
            field.name: value.encode("utf-8", "backslashreplace").decode()
            for field in dataclasses.fields(event)
            if isinstance(value := getattr(event, field.name), str)
        }
        plain = dataclasses.replace(event, **texts, objects=(), changed=())
        return _encode(plain)
