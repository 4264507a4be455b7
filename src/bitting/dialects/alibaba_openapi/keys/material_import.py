"""Bringing one's own key, one row an operation.

Source: GetParametersForImport, ImportKeyMaterial, DeleteKeyMaterial of the KMS API reference.
"""

from __future__ import annotations

from bitting.core import faults
from bitting.core.usecases.keys import material_import
from bitting.dialects.alibaba_openapi import enum_maps
from bitting.dialects.alibaba_openapi.crypto.codecs import UnixTime, WithFault
from bitting.dialects.alibaba_openapi.fields import KEY_ID, TEXT
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.base.codecs import Base64, Moment
from bitting.dialects.base.operation import Field

#: What is no base64 is no token, and no material: the table has codes for both.
_TOKEN = WithFault(Base64(1, 8192), faults.InvalidImportToken)
_MATERIAL = WithFault(Base64(1, 8192), faults.InvalidKeyMaterial)

IMPORT = (
    Rpc(
        name="GetParametersForImport",
        use=material_import.parameters,
        request=(
            KEY_ID,
            given("WrappingAlgorithm", enum_maps.wrapping, "algorithm", required=True),
            given("WrappingKeySpec", enum_maps.wrapping_spec, "spec", required=True),
        ),
        response=(
            Field("KeyId", TEXT, of="key.id"),
            Field("PublicKey", Base64(), of="public"),
            Field("ImportToken", Base64(), of="token"),
            Field("TokenExpireTime", Moment(), of="expires_ms"),
        ),
    ),
    Rpc(
        name="ImportKeyMaterial",
        use=material_import.import_,
        request=(
            KEY_ID,
            given("EncryptedKeyMaterial", _MATERIAL, "wrapped", required=True),
            given("ImportToken", _TOKEN, "token", required=True),
            given("KeyMaterialExpireUnix", UnixTime(), "expires_ms", required=True),
        ),
    ),
    Rpc(name="DeleteKeyMaterial", use=material_import.delete_material, request=(KEY_ID,)),
)
