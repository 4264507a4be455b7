"""Signatures, message authentication codes, public keys and key agreement.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import key_agreement, signing
from bitting.dialects.base.codecs import Base64, Choice, EncodeOnly, Flag, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.crypto import codecs
from bitting.dialects.huawei.fields import KEY, KEY_OR_ALIAS, kms_row
from bitting.dialects.huawei.rows import HuaweiCall, Row

_KEY_SHOWN = Field("key_id", Text(), of="result.key.id")
_MESSAGE = Field("message", Base64(1, 4096), to="message", required=True)
_BYTES = Base64()
_DIGEST = {"digest": True}


def _pem(der: bytes) -> str:
    """PEM with the line ends of the documented example, which are CR LF."""
    return armour(PUBLIC_KEY, der).decode().replace("\n", "\r\n")


def _require_sm2_digest(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """SM2 signs digests here: only its signer knows the user id that a raw message is hashed with."""
    if arguments["algorithm"] is Algorithm.SM2_SM3 and not arguments["digest"]:
        raise faults.RawMessageUnsupported


_SIGN_FIELDS = (
    KEY_OR_ALIAS,
    _MESSAGE,
    Field("signing_algorithm", codecs.SIGNING_ALGORITHMS, to="algorithm", required=True),
    Field("message_type", Choice({"DIGEST": True, "RAW": False}), to="digest"),
)
_MAC_FIELDS = (
    KEY_OR_ALIAS,
    Field("mac_algorithm", codecs.MAC_ALGORITHMS, to="algorithm", required=True),
    _MESSAGE,
)
_MAC_SHOWN = (_KEY_SHOWN, Field("mac_algorithm", codecs.MAC_ALGORITHMS, of="result.algorithm"))


def _signature_rows() -> tuple[Row, ...]:
    return (
        kms_row(
            "sign", signing.sign, *_SIGN_FIELDS, given=_DIGEST, adapt_request=_require_sm2_digest,
            response=(_KEY_SHOWN, Field("signature", _BYTES, of="result.signature")),
        ),
        kms_row(
            "verify", signing.verify, *_SIGN_FIELDS, Field("signature", Base64(1, 1024), to="signature", required=True),
            given=_DIGEST, adapt_request=_require_sm2_digest,
            response=(
                _KEY_SHOWN,
                Field("signature_valid", EncodeOnly(lambda fits: str(fits).lower()), of="result.fits"),
            ),
        ),
        kms_row(
            "get-publickey", signing.public_key, KEY_OR_ALIAS,
            response=(_KEY_SHOWN, Field("public_key", EncodeOnly(_pem), of="result.der")),
        ),
    )  # fmt: skip


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        *_signature_rows(),
        kms_row(
            "generate-mac", signing.mac, *_MAC_FIELDS,
            response=(*_MAC_SHOWN, Field("mac", _BYTES, of="result.mac")),
        ),
        kms_row(
            "verify-mac", signing.verify_mac, *_MAC_FIELDS, Field("mac", Base64(1, 1024), to="mac", required=True),
            response=(*_MAC_SHOWN, Field("mac_valid", Flag(), of="result.fits")),
        ),
        kms_row(
            "derive-shared-secret", key_agreement.derive, KEY,
            Field("key_agreement_algorithm", Choice({"ECDH": "ECDH"}), required=True, drop=True),
            Field("public_key", Base64(1, 4096), to="peer", required=True),
            Field("recipient", codecs.Recipient(), to="attestation"),
            response=(
                _KEY_SHOWN,
                Field("key_agreement_algorithm", EncodeOnly(lambda _: "ECDH"), of="result"),
                Field("shared_secret", _BYTES, of="result.secret"),
            ),
        ),
    )  # fmt: skip
