"""Imports and rotation: units of time, and what is shown of them."""

from __future__ import annotations

from binascii import b2a_base64
from typing import Any

from bitting.core import faults
from bitting.core.model.key import KeyVersion, RotationState
from bitting.core.usecases.keys.material_import import Parameters
from bitting.core.usecases.keys.versions import VersionPage
from bitting.dialects.huawei.rows import HuaweiCall

DAY_S = 86_400
_INTERVAL_DAYS = 365
_WAITING, _ENABLED = 0, 2


def nothing(result: Any, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """An empty object: these operations answer nothing but that they are done."""
    return {}


def parameters(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """SM2 only where the region has it."""
    if arguments["algorithm"] == "SM2_ENCRYPT" and call.profile is not None and "SM2" in call.profile.without:
        raise faults.UnsupportedKeySpec(spec="SM2", parameter="wrapping_algorithm")


def parameters_shown(made: Parameters, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Token and wrapping key in base64; the expiry is a number of seconds."""
    return {
        "key_id": made.key.id,
        "import_token": b2a_base64(made.token, newline=False).decode(),
        "expiration_time": made.expires_ms // 1000,
        "public_key": b2a_base64(made.public, newline=False).decode(),
    }


def interval(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """Days to seconds."""
    arguments["interval_s"] *= DAY_S


def rotation(page: VersionPage, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """Booleans and numbers here, where key details have text: Go clients take nothing else."""
    key = page.key
    return {
        "key_rotation_enabled": key.rotation is not RotationState.DISABLED,
        "rotation_interval": key.rotation_interval_s // DAY_S or _INTERVAL_DAYS,
        "last_rotation_time": str(key.rotated_ms or key.created_ms),
        "number_of_rotations": key.rotations,
        "key_materials": [_material(version, key.material_expires_ms) for version in page.versions if version.wrapped],
    }


def _material(version: KeyVersion, expires_ms: int) -> dict[str, Any]:
    return {
        "material_id": version.id,
        "create_time": str(version.created_ms),
        "expiration_time": str(expires_ms) if expires_ms else "",
        "state": _WAITING if version.staged else _ENABLED,
    }


def rotated(version: KeyVersion, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """The key."""
    return {"key_id": version.key_id}
