"""Data key capsules: a data key sealed together with the policy that says who may have it."""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.access import capsules
from bitting.core.usecases.access.capsules import Proof
from bitting.dialects.base.codecs import Base64, Choice, Hex, InvalidWireValue, Moment, Text, encode_refused
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.access.fields import ID, POLICY_TEXT
from bitting.dialects.huawei.codecs import NumericChoice
from bitting.dialects.huawei.fields import BASE, KEY, located_row
from bitting.dialects.huawei.rows import Row

_CAPSULES = BASE + "datakey-capsule/"
_PUBLIC = Field("public_key", Base64(1, 2048), to="public")
_TEXT, _MOMENT, _SIGNED = Text(), Moment(), Base64(1, 4096)


class Attestation:
    """The proof in an attestation document; None for proofs of machines and clusters."""

    def decode(self, raw: Any) -> Proof | None:
        if not isinstance(raw, dict):
            raise InvalidWireValue("document")
        if raw.get("ecs_signature") or raw.get("service_token"):
            return None
        until = raw.get("expire_time")
        try:
            return Proof(
                _SIGNED.decode(raw.get("custom_signature")),
                _SIGNED.decode(raw.get("custom_public_key")),
                _MOMENT.decode(until),
                str(until),
            )
        except InvalidWireValue:
            raise InvalidWireValue("document") from None

    def encode(self, value: Proof | None) -> Any:
        encode_refused(value)


#: In the clear, in hexadecimal as everywhere in this API; or encrypted to the caller's public key.
_DATA_KEY = (
    Field("datakey_cipher", Base64(), of="result.cipher", omit=b""),
    Field("datakey", Hex(), of="result.plaintext", omit=b""),
)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        located_row(
            "datakey-capsule/create", "POST", _CAPSULES + "create", capsules.create_capsule, KEY,
            Field("datakey_length", NumericChoice(Choice({"128": 16, "256": 32})), to="length", required=True),
            _PUBLIC,
            Field("policy_id", ID, to="policy_id"),
            Field("key_policy", POLICY_TEXT, to="policy"),
            response=(
                Field("key_id", _TEXT, of="result.key.id"),
                *_DATA_KEY,
                Field("datakey_capsule", _TEXT, of="result.capsule"),
            ),
        ),
        located_row(
            "datakey-capsule/decrypt", "POST", _CAPSULES + "decrypt", capsules.open_capsule, KEY,
            Field("datakey_capsule", Text(1, 65536), to="capsule", required=True),
            _PUBLIC,
            Field("attestation_document", Attestation(), to="proof", required=True),
            response=(
                Field("key_id", _TEXT, of="result.key.id"),
                Field("instance_id", _TEXT, of="result.instance_id"),
                *_DATA_KEY,
            ),
        ),
    )  # fmt: skip
