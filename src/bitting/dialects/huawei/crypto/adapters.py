"""Shapes and faces of data keys, pairs, re-encryption and signatures."""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass, field
from typing import Any

from bitting.core import faults
from bitting.core.blob import parse
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto.data_key_digests import ReEncrypted
from bitting.core.usecases.crypto.data_key_pairs import DataKeyPair
from bitting.dialects.base.codecs import Base64, Hex, InvalidWireValue
from bitting.dialects.huawei.codecs import EC_PAIRS, sealed_bytes
from bitting.dialects.huawei.keys.adapters import bound, without
from bitting.dialects.huawei.rows import HuaweiCall

_BASE64 = Base64(1, 1 << 17)
_HEX = Hex(1, 1 << 17)
#: How this API's hexadecimal ciphertexts begin. Base64 of the same bytes begins otherwise.
_HEX_START = "0200"


@dataclass(slots=True)
class ReEncryptedText:
    """A ciphertext in the same spelling as the one it came from."""

    made: ReEncrypted
    text: str


@dataclass(slots=True)
class ShownPair:
    """A pair, its spec as the caller spelt it, and its private half if the caller may see it."""

    made: DataKeyPair
    spec: str
    private: bytes = field(repr=False)


def wrap(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Additional data; the kind of data key is checked and no more."""
    arguments.pop("key_spec", None)
    bound(arguments, call)


def unwrap(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Additional data."""
    bound(arguments, call)


def _is_hex(call: HuaweiCall) -> bool:
    values = call.values
    return values.get("datakey_cipher_length") not in (None, "") or str(values["cipher_text"]).startswith(_HEX_START)


def re_encrypt(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Data keys are hexadecimal, other ciphertexts base64; asymmetric algorithms bind nothing."""
    text = arguments.pop("cipher_text")
    try:
        arguments["ciphertext"] = (_HEX if _is_hex(call) else _BASE64).decode(text)
    except InvalidWireValue as unreadable:
        raise faults.InvalidParameter(parameter="cipher_text", reason=unreadable.reason) from None
    for side, aad in (("source_algorithm", "source_aad"), ("algorithm", "aad")):
        if arguments.setdefault(side, Algorithm.SYMMETRIC) is not Algorithm.SYMMETRIC and aad in arguments:
            raise faults.InvalidParameter(parameter="additional_authenticated_data", reason="asymmetric")
    if "source" not in arguments and arguments["source_algorithm"] is not Algorithm.SYMMETRIC:
        raise faults.MissingParameter(parameter="source_key_id")
    if "source" not in arguments:
        parse(arguments["ciphertext"])  # says now that it is none


def re_encrypted(made: ReEncrypted, call: HuaweiCall) -> ReEncryptedText:
    """Hexadecimal stays hexadecimal."""
    data = sealed_bytes(made.encrypted)
    return ReEncryptedText(
        made, data.hex().upper() if _is_hex(call) else b2a_base64(data, newline=False).decode("ascii")
    )


def pair(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Additional data; whether the private half is shown matters to the answer alone."""
    arguments.pop("with_plain_text", None)
    without(call, arguments["spec"])
    bound(arguments, call)


def paired(made: DataKeyPair, call: HuaweiCall) -> ShownPair:
    """The private half in the clear, unless the caller did not want it."""
    wanted = str(call.values.get("with_plain_text", True)).lower() != "false"
    spec = made.spec if made.spec.startswith("RSA") else EC_PAIRS.encode(made.spec)
    return ShownPair(made, spec, made.private if wanted else b"")


def signed(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """SM2 signs digests here: only its signer knows the user id that a raw message is hashed with."""
    if arguments["algorithm"] is Algorithm.SM2_SM3 and not arguments["digest"]:
        raise faults.RawMessageUnsupported


def agreed(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """The one algorithm there is needs no word."""
    arguments.pop("key_agreement_algorithm", None)
