"""A trail in a directory of its own, with a root key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from bitting.audit.policy import AuditPolicy
from bitting.audit.segments import segment_files
from bitting.audit.signer import Signer
from bitting.audit.writer import FileTrail
from bitting.core.model.audit_event import AuditEvent
from bitting.providers.software.provider import software
from bitting.seals.file import FileSeal

SLOW = AuditPolicy(flush_ms=60_000)


def signer(directory: Path) -> Signer:
    directory.mkdir(parents=True, exist_ok=True)
    place = directory.parent / "root.key"
    _, vault = software(FileSeal(place, create=not place.exists()))
    return Signer(directory, vault)


def trail(directory: Path, policy: AuditPolicy = SLOW, **more: Any) -> FileTrail:
    return FileTrail(directory, policy, signer(directory), **more)


def event(number: int = 1, outcome: str = "ok", **more: Any) -> AuditEvent:
    fields: dict[str, Any] = {
        "time_ms": 1_795_262_400_000 + number, "request_id": f"r-{number}", "dialect": "huawei",
        "operation": "encrypt-data",
        "account_id": "1" * 16,
        "principal": "AK1", "source": "10.0.0.1", "key_id": "k-1", "outcome": outcome,
    }  # fmt: skip
    return AuditEvent(**{**fields, **more})


def lines(directory: Path) -> list[dict[str, Any]]:
    return [msgspec.json.decode(line) for path in segment_files(directory) for line in path.read_bytes().splitlines()]


def requests(directory: Path) -> list[str]:
    return [line["request_id"] for line in lines(directory) if line["kind"] == "request"]
