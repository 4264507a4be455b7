"""Audit events: principal, action, key and outcome of a request. Never content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One answered request. ``outcome`` is ``ok`` or the fault's class name."""

    time_ms: int
    request_id: str
    dialect: str
    operation: str
    account_id: str
    principal: str
    source: str
    key_id: str
    outcome: str
