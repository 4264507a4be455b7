"""Encryption of data with a key: encrypt-data, decrypt-data, re-encrypt.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass
from typing import Any

from bitting.core import faults
from bitting.core.blob import parse
from bitting.core.model.key import KeyRef
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import data_key_digests, encryption
from bitting.core.usecases.crypto.data_key_digests import ReEncrypted
from bitting.dialects.base.codecs import Base64, EncodeOnly, Hex, Integer, InvalidWireValue, Text, Utf8
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.codecs import KeyName
from bitting.dialects.huawei.crypto import codecs
from bitting.dialects.huawei.fields import CIPHERTEXT_BYTES, CRYPTO_BODY, KEY_OR_ALIAS, kms_row
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.rules import BINDING, Binding, BindsOnlySymmetric

_BASE64 = Base64(1, CIPHERTEXT_BYTES)
_HEX = Hex(1, CIPHERTEXT_BYTES)
#: How this API's hexadecimal ciphertexts begin. Base64 of the same bytes begins otherwise.
_HEX_START = "0200"
_ALGORITHM = Field("encryption_algorithm", codecs.ENCRYPTION_ALGORITHMS, to="algorithm")
_SYMMETRIC = {"algorithm": Algorithm.SYMMETRIC}
_BOUND = (Binding(), BindsOnlySymmetric())
_BOUND_PAIR = (BindsOnlySymmetric("source_algorithm", "source_aad"), BindsOnlySymmetric())
_TEXT = Text()


@dataclass(slots=True)
class ReEncryptedText:
    """A new ciphertext in the spelling of the old one."""

    result: ReEncrypted
    text: str


def _key_of_ciphertext(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """The key that the ciphertext names, where the request names none. Asymmetric ciphertexts name none either."""
    if "key" in arguments:
        return
    if arguments["algorithm"] is not Algorithm.SYMMETRIC:
        raise faults.MissingParameter(parameter="key_id")
    key_id = parse(arguments["ciphertext"]).key_id
    if key_id:
        arguments["key"] = KeyRef("id", key_id)


def _is_hex(call: HuaweiCall) -> bool:
    values = call.values
    return values.get("datakey_cipher_length") not in (None, "") or str(values["cipher_text"]).startswith(_HEX_START)


def _re_encrypt(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """Ciphertexts of data keys are hexadecimal, others base64."""
    text = arguments.pop("cipher_text")
    try:
        arguments["ciphertext"] = (_HEX if _is_hex(call) else _BASE64).decode(text)
    except InvalidWireValue as unreadable:
        raise faults.InvalidParameter(parameter="cipher_text", reason=unreadable.reason) from None
    for rule in _BOUND_PAIR:
        rule.apply(arguments, call)
    if "source" in arguments:
        return
    if arguments["source_algorithm"] is not Algorithm.SYMMETRIC:
        raise faults.MissingParameter(parameter="source_key_id")
    parse(arguments["ciphertext"])  # raises before rights and key states are looked at


def _re_encrypted(result: ReEncrypted, call: HuaweiCall) -> ReEncryptedText:
    """Hexadecimal stays hexadecimal."""
    data = codecs.sealed_bytes(result.encrypted)
    text = data.hex().upper() if _is_hex(call) else b2a_base64(data, newline=False).decode("ascii")
    return ReEncryptedText(result, text)


def _algorithm(used: Algorithm) -> str:
    """An algorithm's name; the modes of symmetric keys have one name together."""
    word = codecs.RE_ENCRYPTION_ALGORITHMS.encode(used)
    return word if word != used.value else "SYMMETRIC_DEFAULT"


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        kms_row(
            "encrypt-data", encryption.encrypt,
            KEY_OR_ALIAS, Field("plain_text", Utf8(1, 4096), to="plaintext", required=True), _ALGORITHM, *BINDING,
            # plain_text is a string, and string APIs of other clouds show it as that string
            given={**_SYMMETRIC, "text": True}, rules=_BOUND, max_body=CRYPTO_BODY,
            response=(
                Field("key_id", _TEXT, of="result.key.id"),
                Field("cipher_text", EncodeOnly(codecs.sealed_base64), of="result"),
            ),
        ),
        kms_row(
            "decrypt-data", encryption.decrypt,
            Field("key_id", KeyName(), to="key"), Field("cipher_text", _BASE64, to="ciphertext", required=True),
            _ALGORITHM, *BINDING,
            given=_SYMMETRIC, rules=_BOUND, adapt_request=_key_of_ciphertext, max_body=CRYPTO_BODY,
            response=(
                Field("key_id", _TEXT, of="result.key.id"),
                Field("plain_text", Utf8(), of="result.plaintext"),
                Field("plain_text_base64", Base64(), of="result.plaintext"),
            ),
        ),
        kms_row(
            "re-encrypt", data_key_digests.re_encrypt,
            Field("destination_key_id", KeyName(aliases=True), to="key", required=True),
            Field("cipher_text", Text(1, CIPHERTEXT_BYTES), required=True),
            Field("source_key_id", KeyName(), to="source"),
            Field("source_additional_authenticated_data", BINDING[0].kind, to="source_aad"),
            Field("source_encryption_algorithm", codecs.RE_ENCRYPTION_ALGORITHMS, to="source_algorithm"),
            Field("destination_additional_authenticated_data", BINDING[0].kind, to="aad"),
            Field("destination_encryption_algorithm", codecs.RE_ENCRYPTION_ALGORITHMS, to="algorithm"),
            Field("datakey_cipher_length", Integer(1, 1024), to="length"),
            given={"source_algorithm": Algorithm.SYMMETRIC, **_SYMMETRIC},
            adapt_request=_re_encrypt, adapt_response=_re_encrypted, max_body=CRYPTO_BODY,
            response=(
                Field("key_id", _TEXT, of="result.result.encrypted.key.id"),
                Field("source_key_id", _TEXT, of="result.result.source.id"),
                Field("source_encryption_algorithm", EncodeOnly(_algorithm), of="result.result.opened_with"),
                Field("destination_encryption_algorithm", EncodeOnly(_algorithm),
                      of="result.result.encrypted.algorithm"),
                Field("cipher_text", _TEXT, of="result.text"),
            ),
        ),
    )  # fmt: skip
