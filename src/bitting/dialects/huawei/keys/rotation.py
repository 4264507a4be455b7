"""Rotation: to switch it on and off, its interval, its state, and a rotation on demand.

Source: Huawei Cloud DEW API reference "Key rotation management", OTC likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

from bitting.core.model.key import Key, KeyVersion, RotationState
from bitting.core.usecases.keys import versions
from bitting.core.usecases.keys.versions import VersionPage
from bitting.dialects.base.codecs import Digits, EncodeOnly, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.fields import KEY, kms_row
from bitting.dialects.huawei.rows import Answer, Row

_DEFAULT_INTERVAL_DAYS = 365
_WAITING, _ENABLED = 0, 2


@dataclass(slots=True)
class Material:
    """One material of a key. ``expires_ms`` is 0 for never."""

    version: KeyVersion
    expires_ms: int


def _materials(page: VersionPage) -> list[Material]:
    """Versions whose material is there."""
    return [Material(version, page.key.material_expires_ms) for version in page.versions if version.wrapped]


def _interval(key: Key) -> int:
    return key.rotation_interval_s // codecs.DAY_S or _DEFAULT_INTERVAL_DAYS


_MATERIAL = Record(
    Field("material_id", Text(), of="version.id"),
    Field("create_time", Digits(), of="version.created_ms"),
    Field("expiration_time", Digits(none=""), of="expires_ms"),
    Field("state", EncodeOnly(lambda staged: _WAITING if staged else _ENABLED), of="version.staged"),
)


def _is_on(answer: Answer[VersionPage]) -> bool:
    return answer.result.key.rotation is not RotationState.DISABLED


#: Booleans and numbers, where key details have text: Go clients take nothing else. While rotation is off there is no
#: interval: the Terraform provider takes one for a change that somebody else has made.
_STATUS = (
    Field("key_rotation_enabled", EncodeOnly(lambda state: state is not RotationState.DISABLED),
          of="result.key.rotation"),
    Field("rotation_interval", EncodeOnly(_interval), of="result.key", when=_is_on),
    Field("last_rotation_time", codecs.Derived(lambda key: key.rotated_ms or key.created_ms, Digits()),
          of="result.key"),
    Field("number_of_rotations", EncodeOnly(int), of="result.key.rotations"),
    Field("key_materials", codecs.Derived(_materials, Items(_MATERIAL)), of="result"),
)  # fmt: skip


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        kms_row("enable-key-rotation", versions.set_rotation, KEY, given={"enabled": True, "expect": "off"}),
        kms_row("disable-key-rotation", versions.set_rotation, KEY, given={"enabled": False, "expect": "on"}),
        kms_row(
            "update-key-rotation-interval", versions.set_rotation,
            KEY, Field("rotation_interval", codecs.Days(30, 365), to="interval_s", required=True),
            given={"enabled": True, "expect": "on"},
        ),
        kms_row("get-key-rotation-status", versions.list_versions, KEY, response=_STATUS),
        kms_row(
            "rotate-on-demand", versions.create_version, KEY, given={"family": "symmetric", "offered": True},
            response=(Field("key_id", Text(), of="result.key_id"),),
        ),
    )  # fmt: skip
