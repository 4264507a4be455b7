"""Access points, policies and capsules as this API says them."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Any

from bitting.core import faults
from bitting.core.model.capsule import CapsuleAccessPoint, CapsulePolicy
from bitting.core.usecases.access.capsule_access import KINDS, DownloadedPrivateKey, Page, PolicyText, read_policy
from bitting.core.usecases.access.capsules import CapsuleDataKey, Proof
from bitting.dialects.base.codecs import Base64, InvalidWireValue, Moment
from bitting.dialects.huawei.rows import HuaweiCall

_MOMENT = Moment()
_BASE64 = Base64(1, 4096)


def _text(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def attested(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """The proof in the document; None for proofs of machines and clusters. Raises ``InvalidParameter``."""
    document = arguments.pop("attestation_document")
    if not isinstance(document, dict):
        raise faults.InvalidParameter(parameter="attestation_document", reason="document")
    if document.get("ecs_signature") or document.get("service_token"):
        arguments["proof"] = None
        return
    until = document.get("expire_time")
    try:
        arguments["proof"] = Proof(
            _BASE64.decode(document.get("custom_signature")),
            _BASE64.decode(document.get("custom_public_key")),
            _MOMENT.decode(until),
            str(until),
        )
    except InvalidWireValue:
        raise faults.InvalidParameter(parameter="attestation_document", reason="document") from None


def point_made(point: CapsuleAccessPoint, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """Its id."""
    return {"access_point_id": point.id}


def _point(point: CapsuleAccessPoint) -> dict[str, Any]:
    return {
        "access_point_id": point.id,
        "keyspace_id": point.space_id,
        "access_point_name": point.name,
        "state": int(point.enabled),
        "type": KINDS.index(point.kind) + 1,
        "created_by": point.creator,
        "create_time": _MOMENT.encode(point.created_ms),
        "lsat_modify_time": _MOMENT.encode(point.updated_ms),  # spelt so in the SDK
    }


def _info(page: Page[Any]) -> dict[str, Any]:
    return {"next_marker": page.next, "current_count": len(page.items)}


def points(page: Page[CapsuleAccessPoint], call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """A page; its marker is empty at the end."""
    return {"page_info": _info(page), "access_points": [_point(point) for point in page.items]}


def private_half(found: DownloadedPrivateKey, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """The private key in base64."""
    return {"access_point_id": found.point.id, "private_key": _text(found.der)}


def policy_made(held: CapsulePolicy, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Its id."""
    return {"policy_id": held.id}


def _period(policy: PolicyText) -> dict[str, str]:
    return {"start_time": _MOMENT.encode(policy.start_ms), "end_time": _MOMENT.encode(policy.end_ms)}


def _policy(text: str) -> dict[str, Any]:
    policy = read_policy(text)
    return {
        "version": policy.version,
        "validity_period": _period(policy),
        "allowed_access_point": list(policy.points),
        "allowed_data_security_zone": list(policy.zones),
    }


def _listed(text: str) -> dict[str, Any]:
    """In lists two of the names are spelt otherwise."""
    shown = _policy(text)
    return {
        "version": shown["version"],
        "validityPeriod": shown["validity_period"],
        "allowedAccessPoint": shown["allowed_access_point"],
        "allowed_data_security_zone": shown["allowed_data_security_zone"],
    }


def _frame(held: CapsulePolicy, shown: dict[str, Any]) -> dict[str, Any]:
    return {
        "policy_id": held.id,
        "policy_name": held.name,
        "keyspace_id": held.space_id,
        "policy": shown,
        "description": held.description,
        "created_by": held.creator,
        "create_time": _MOMENT.encode(held.created_ms),
        "last_modify_time": _MOMENT.encode(held.updated_ms),
        "last_access_time": _MOMENT.encode(held.used_ms),
    }


def policy(held: CapsulePolicy, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """One policy."""
    return _frame(held, _policy(held.text))


def policies(page: Page[CapsulePolicy], call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """A page of policies."""
    return {"page_info": _info(page), "keyspace_policies": [_frame(held, _listed(held.text)) for held in page.items]}


def policy_updated(held: CapsulePolicy, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """What was changed."""
    return {
        "policy_id": held.id,
        "policy": _policy(held.text),
        "description": held.description,
        "last_modify_time": _MOMENT.encode(held.updated_ms),
    }


def _data_key(made: CapsuleDataKey) -> dict[str, str]:
    if made.cipher:
        return {"datakey_cipher": _text(made.cipher)}
    return {"datakey": made.plaintext.hex().upper()}


def capsule_made(made: CapsuleDataKey, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Data key, in hexadecimal as everywhere in this API, and capsule."""
    return {"key_id": made.key.id, **_data_key(made), "datakey_capsule": made.capsule}


def capsule_opened(made: CapsuleDataKey, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Data key, and who opened the capsule."""
    return {"key_id": made.key.id, "instance_id": made.instance_id, **_data_key(made)}
