"""Imported key material: wrapping parameters, import, removal.

Sources: Huawei Cloud DEW API reference "Key import management", OTC likewise.
"""

from __future__ import annotations

from bitting.core.usecases.keys import material_import, pending_import
from bitting.dialects.base.codecs import Base64, Choice, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.fields import KEY, kms_row
from bitting.dialects.huawei.rows import Row

_WRAPPED = Base64(1, 8192)
_BYTES = Base64()
#: Huawei's two; what older API versions and Open Telekom Cloud take besides is in its profile.
WRAPPING = {"RSAES_OAEP_SHA_256": "RSA_OAEP_SHA256", "SM2_ENCRYPT": "SM2_ENCRYPT"}


def parameters_fields(words: dict[str, str]) -> tuple[Field, ...]:
    """Key and wrapping algorithm."""
    return (KEY, Field("wrapping_algorithm", Choice(words), to="algorithm", required=True))


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        kms_row(
            "get-parameters-for-import", pending_import.parameters, *parameters_fields(WRAPPING),
            response=(
                Field("key_id", Text(), of="result.key.id"),
                Field("import_token", _BYTES, of="result.token"),
                Field("expiration_time", codecs.Seconds(), of="result.expires_ms"),
                Field("public_key", _BYTES, of="result.public"),
            ),
        ),
        kms_row(
            "import-key-material", pending_import.import_, KEY,
            Field("import_token", _WRAPPED, to="token", required=True),
            Field("encrypted_key_material", _WRAPPED, to="wrapped", required=True),
            Field("encrypted_privatekey", _WRAPPED, to="private"),
            Field("expiration_time", codecs.Seconds(), to="expires_ms"),
        ),
        kms_row("delete-imported-key-material", material_import.delete_live_material, KEY),
    )  # fmt: skip
