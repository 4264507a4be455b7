"""Imported material and rotation.

Sources: Huawei Cloud DEW API reference "Key import management" and "Key rotation management", OTC likewise.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.keys import material_import, pending_import, versions
from bitting.dialects.base.codecs import Base64, Choice, Integer
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.keys import material_adapters
from bitting.dialects.huawei.keys.operations import BASE
from bitting.dialects.huawei.rows import Row

_KEY = Field("key_id", codecs.KeyName(), to="key", required=True)
_WRAPPED = Base64(1, 8192)
DAY_S = 86_400
#: Huawei's two; what older API versions and Open Telekom Cloud take besides is in its profile.
WRAPPING = {"RSAES_OAEP_SHA_256": "RSA_OAEP_SHA256", "SM2_ENCRYPT": "SM2_ENCRYPT"}


def row(name: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row whose path ends in its name."""
    return Row(name=name, path=BASE + name, surface="kms", use=use, request=request, **rest)


def parameters_fields(words: dict[str, str]) -> tuple[Field, ...]:
    """Key and wrapping algorithm."""
    return (_KEY, Field("wrapping_algorithm", Choice(words), to="algorithm", required=True))


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "get-parameters-for-import",
            pending_import.parameters,
            *parameters_fields(WRAPPING),
            adapt_request=material_adapters.parameters,
            content=material_adapters.parameters_shown,
        ),
        row(
            "import-key-material",
            pending_import.import_,
            _KEY,
            Field("import_token", _WRAPPED, to="token", required=True),
            Field("encrypted_key_material", _WRAPPED, to="wrapped", required=True),
            Field("encrypted_privatekey", _WRAPPED, to="private"),
            Field("expiration_time", codecs.Seconds(), to="expires_ms"),
            content=material_adapters.nothing,
        ),
        row(
            "delete-imported-key-material",
            material_import.delete_live_material,
            _KEY,
            content=material_adapters.nothing,
        ),
        row(
            "enable-key-rotation",
            versions.set_rotation,
            _KEY,
            given={"enabled": True, "expect": "off"},
            content=material_adapters.nothing,
        ),
        row(
            "disable-key-rotation",
            versions.set_rotation,
            _KEY,
            given={"enabled": False, "expect": "on"},
            content=material_adapters.nothing,
        ),
        row(
            "update-key-rotation-interval",
            versions.set_rotation,
            _KEY,
            Field("rotation_interval", Integer(30, 365), to="interval_s", required=True),
            given={"enabled": True, "expect": "on"},
            adapt_request=material_adapters.interval,
            content=material_adapters.nothing,
        ),
        row("get-key-rotation-status", versions.list_versions, _KEY, content=material_adapters.rotation),
        row(
            "rotate-on-demand",
            versions.create_version,
            _KEY,
            given={"family": "symmetric", "offered": True},
            content=material_adapters.rotated,
        ),
    )
