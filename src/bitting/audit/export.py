"""Records in the shapes that the clouds' own audit services hand out, so that tools made for those can read them.

``lines``: as they are. ``actiontrail``: events of Alibaba Cloud ActionTrail. ``cts``: traces of Huawei Cloud CTS.
Fields that have no counterpart here are left out, not invented.

Sources: ActionTrail "Structure of a management event"; CTS "Trace structure".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

Record = Mapping[str, Any]


def lines(record: Record) -> dict[str, Any]:
    """The record as it is."""
    return dict(record)


def actiontrail(record: Record) -> dict[str, Any]:
    """One event of ActionTrail."""
    failed = record.get("outcome", "ok") != "ok"
    event: dict[str, Any] = {
        "eventId": record.get("request_id", ""),
        "eventVersion": "1",
        "eventType": "ApiCall",
        "eventCategory": "Management",
        "eventTime": _iso(record),
        "eventSource": "kms",
        "serviceName": "Kms",
        "eventName": record.get("operation", ""),
        "eventRW": "Write" if record.get("changed") else "Read",
        "requestId": record.get("request_id", ""),
        "sourceIpAddress": record.get("source", ""),
        "userAgent": record.get("user_agent", ""),
        "recipientAccountId": record.get("account_id", ""),
        "userIdentity": {
            "type": "access-key" if record.get("principal") else "unknown",
            "accountId": record.get("account_id", ""),
            "principalId": record.get("principal", ""),
            "accessKeyId": record.get("principal") or record.get("claimed", ""),
        },
        "referencedResources": _resources(record),
        "additionalEventData": {
            "seq": record.get("seq"),
            "outcome": record.get("outcome"),
            "changed": _changed(record),
        },
    }
    if failed:
        event["errorCode"] = record.get("code") or record.get("outcome", "")
        event["errorMessage"] = record.get("outcome", "")
    return event


def cts(record: Record) -> dict[str, Any]:
    """One trace of CTS."""
    ok = record.get("outcome", "ok") == "ok"
    trace: dict[str, Any] = {
        "trace_id": record.get("request_id", ""),
        "trace_name": record.get("operation", ""),
        "trace_type": "ApiCall",
        "trace_rating": "normal" if ok else "warning",
        "service_type": "KMS",
        "resource_type": "cmk" if record.get("key_id") else _first(record).partition("/")[0],
        "resource_id": record.get("key_id") or _first(record).partition("/")[2],
        "time": record.get("time_ms", 0),
        "record_time": record.get("time_ms", 0),
        "source_ip": record.get("source", ""),
        "user_agent": record.get("user_agent", ""),
        "code": str(record.get("status", "")),
        "request_id": record.get("request_id", ""),
        "user": {
            "domain": {"id": record.get("account_id", "")},
            "access_key_id": record.get("principal") or record.get("claimed", ""),
        },
    }
    if not ok:
        trace["message"] = f"{record.get('code', '')} {record.get('outcome', '')}".strip()
    return trace


FORMATS: Mapping[str, Callable[[Record], dict[str, Any]]] = {"lines": lines, "actiontrail": actiontrail, "cts": cts}


def _iso(record: Record) -> str:
    moment = datetime.fromtimestamp(record.get("time_ms", 0) // 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _first(record: Record) -> str:
    return next(iter(record.get("objects", ())), "")


def _resources(record: Record) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    if record.get("key_id"):
        found["ACS::KMS::Key"] = [record["key_id"]]
    for each in record.get("objects", ()):
        kind, _, name = each.partition("/")
        found.setdefault(f"ACS::KMS::{kind.title().replace('_', '')}", []).append(name)
    return found


def _changed(record: Record) -> list[str]:
    return list(record.get("changed", ()))
