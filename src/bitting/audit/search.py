"""Reading a trail: records in order, by field and time, and new ones as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bitting.audit.segments import segment_files

#: Lines about the trail itself.
OWN_KINDS = frozenset(
    ("segment", "end", "checkpoint", "torn", "lost", "recovered", "retention", "resumed"),
)
FIELDS = (
    "kind", "request_id", "dialect", "operation", "action", "account_id", "principal", "claimed", "source",
    "user_agent", "key_id", "key_version", "outcome", "status", "code",
)  # fmt: skip
_POLL_SECONDS = 0.2
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for. ``equal``: field to value; all must hold. ``object``: a key, or ``kind/id``."""

    equal: Mapping[str, str] = field(default_factory=dict)
    object: str = ""
    from_ms: int = 0
    to_ms: int = 1 << 62
    failed: bool = False

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Whether a record is what is looked for; lines about the trail itself only if their kind is asked for."""
        if record.get("kind") in OWN_KINDS and self.equal.get("kind") != record["kind"]:
            return False
        if not self.from_ms <= record.get("time_ms", 0) < self.to_ms:
            return False
        if self.failed and record.get("outcome", "ok") == "ok":
            return False
        if self.object and not self._about(record):
            return False
        return all(str(record.get(name, "")) == value for name, value in self.equal.items())

    def _about(self, record: Mapping[str, Any]) -> bool:
        wanted = self.object
        if wanted in {record.get("key_id"), f"key/{record.get('key_id')}"} or wanted in record.get("objects", ()):
            return True
        return any(change.rpartition(":")[0] in {wanted, f"key/{wanted}"} for change in record.get("changed", ()))


def records(directory: Path) -> Iterator[dict[str, Any]]:
    """Every line that can be read, in order. Raises ``OSError``."""
    for path in segment_files(directory):
        with path.open("rb") as file:
            for line in file:
                record = _read(line)
                if record is not None:
                    yield record


def search(directory: Path, query: Query) -> Iterator[dict[str, Any]]:
    """The records that match, oldest first. Raises ``OSError``."""
    return filter(query.matches, records(directory))


def follow(directory: Path, query: Query, *, seconds: float = float("inf")) -> Iterator[dict[str, Any]]:
    """Records as they are written from now on, through rotations. Ends after ``seconds``. Raises ``OSError``."""
    deadline = time.monotonic() + seconds
    place = {path: path.stat().st_size for path in segment_files(directory)}
    while time.monotonic() < deadline:
        for path in segment_files(directory):
            at = place.get(path, 0)
            with path.open("rb") as file:
                file.seek(at)
                text = file.read()
            whole = text.rfind(b"\n") + 1
            place[path] = at + whole
            yield from filter(query.matches, (found for line in text[:whole].splitlines() if (found := _read(line))))
        time.sleep(_POLL_SECONDS)


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        return _decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
