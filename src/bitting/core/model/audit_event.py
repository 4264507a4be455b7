"""Audit events: who asked what, of which object, what it changed and how it was answered. Never content."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One answered request, or what happened without anybody asking.

    ``kind``: ``request``, ``job`` (the scheduler) or ``alarm``. ``outcome``: ``ok`` or the fault's class name;
    ``status`` and ``code`` are what the caller was told of it. ``principal``: the proved credential or user;
    ``claimed``: who an unproved caller said they were, empty for proved ones. ``action``: what policies call it.
    ``objects``: ``kind/id`` of everything named or changed. ``changed``: ``kind/id:field,field`` for a change,
    ``+`` for made and ``-`` for removed instead of fields; names of fields, never their values.
    """

    time_ms: int
    request_id: str
    dialect: str
    operation: str
    account_id: str
    principal: str
    source: str
    key_id: str
    outcome: str
    kind: str = "request"
    claimed: str = ""
    action: str = ""
    objects: tuple[str, ...] = ()
    key_version: str = ""
    user_agent: str = ""
    status: int = 0
    code: str = ""
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class AuditNote:
    """What is known so far of a request that is under way; one request may run several use cases."""

    account_id: str = ""
    principal: str = ""
    action: str = ""
    key_id: str = ""
    key_version: str = ""
    objects: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
