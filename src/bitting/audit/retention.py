"""Which segments are old enough to go, and the records that say they went.

A segment goes only after the chain says so: its number, and the end it had. So a segment that is missing without such a
record was taken by somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bitting.audit import chain
from bitting.audit.policy import AuditPolicy
from bitting.audit.segments import SUFFIX, Segments, segment_files

_DAY_MS = 86_400_000
_TAIL = 4096


def due(segments: Segments, policy: AuditPolicy, now_ms: int) -> Sequence[Mapping[str, Any]]:
    """Records of the segments to drop, oldest first; never the one that is written."""
    ended = [path for path in segment_files(segments.directory) if path != segments.writing]
    total = sum(path.stat().st_size for path in segment_files(segments.directory))
    records = []
    for path in ended:
        facts = path.stat()
        old = policy.keep_days and facts.st_mtime_ns // 1_000_000 < now_ms - policy.keep_days * _DAY_MS
        if not old and not (policy.keep_bytes and total > policy.keep_bytes):
            break
        with path.open("rb") as file:
            file.seek(max(0, facts.st_size - _TAIL))
            last = file.read().rstrip(b"\n").rpartition(b"\n")[2]
        link = chain.read_link(last)
        if link is None:
            break  # damaged: kept for whoever finds out
        digest = chain.head_of(last, link.seq).digest
        number = int(path.stem)
        records.append(
            {"kind": "retention", "time_ms": now_ms, "dropped": number, "last_seq": link.seq, "last_digest": digest}
        )
        total -= facts.st_size
    return records


def drop(segments: Segments, records: Sequence[Mapping[str, Any]]) -> None:
    """Delete them, now that the records are on the disk. Raises ``OSError``."""
    segments.sync()
    for record in records:
        (segments.directory / f"{record['dropped']:08d}{SUFFIX}").unlink()
