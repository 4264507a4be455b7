"""Data keys: new ones, those made elsewhere, key pairs, and random bytes.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from bitting.core.usecases.crypto import data_key_digests, data_key_pairs, data_keys
from bitting.dialects.base.codecs import Base64, Choice, Digits, EncodeOnly, Flag, Hex, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.crypto import codecs
from bitting.dialects.huawei.fields import CIPHERTEXT_BYTES, CRYPTO_BODY, KEY, KEY_OR_ALIAS, kms_row
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.rules import BINDING, PIN, Binding, SealedPin

_TEXT = Text()
_RSA_MAX = {"rsa_most": 190}  # 1520 bits: what OAEP with SHA-256 leaves of the smallest modulus
_NEW = {"length": 32, **_RSA_MAX}
_PIN_AND_BINDING = (SealedPin(), Binding())

DATA_KEY_FIELDS = (KEY_OR_ALIAS, *BINDING, *PIN)
DATA_KEY_BITS = codecs.Bits(8, 8192)
#: A length given beats a spec given: it comes after it.
_LENGTHS = (Field("key_spec", codecs.DATA_KEY_SPECS, to="length"), Field("datakey_length", DATA_KEY_BITS, to="length"))
WRAP_FIELDS = (KEY_OR_ALIAS, Field("plain_text", Hex(1, 4096), to="content", required=True))
UNWRAP_FIELDS = (KEY, Field("cipher_text", Hex(1, CIPHERTEXT_BYTES), to="ciphertext", required=True))

_KEY_SHOWN = Field("key_id", _TEXT, of="result.encrypted.key.id")
_CIPHER_SHOWN = Field("cipher_text", EncodeOnly(codecs.sealed_hex), of="result.encrypted")


def plain_length(bytes_min: int = 1, bytes_max: int = 1024) -> Field:
    """How long the data key to encrypt is."""
    return Field("datakey_plain_length", Integer(bytes_min, bytes_max), to="length", required=True)


def cipher_length(bytes_min: int = 1, bytes_max: int = 1024) -> Field:
    """How long the data key in a ciphertext is."""
    return Field("datakey_cipher_length", Integer(bytes_min, bytes_max), to="length", required=True)


def _new_rows() -> tuple[Row, ...]:
    return (
        kms_row(
            "create-datakey", data_keys.generate_data_key, *DATA_KEY_FIELDS, *_LENGTHS,
            given=_NEW, rules=_PIN_AND_BINDING, max_body=CRYPTO_BODY,
            response=(_KEY_SHOWN, Field("plain_text", Hex(), of="result.plaintext"), _CIPHER_SHOWN),
        ),
        kms_row(
            "create-datakey-without-plaintext", data_key_digests.generate_without_plaintext,
            *DATA_KEY_FIELDS, *_LENGTHS,
            given=_NEW, rules=_PIN_AND_BINDING, max_body=CRYPTO_BODY, response=(_KEY_SHOWN, _CIPHER_SHOWN),
        ),
        kms_row(
            "gen-random", data_keys.generate_random,
            Field("random_data_length", DATA_KEY_BITS, to="length", required=True),
            response=(Field("random_data", Hex(), of="result.value"),),
        ),
    )  # fmt: skip


def _wrapping_rows() -> tuple[Row, ...]:
    return (
        kms_row(
            "encrypt-datakey", data_key_digests.wrap, *WRAP_FIELDS, plain_length(), *BINDING, *PIN,
            # Which kind of data key it is concerns only regions of the highest assurance level.
            Field("key_spec", Choice({"SM2": "SM2", "RSA": "RSA"}), drop=True),
            given=_RSA_MAX, rules=_PIN_AND_BINDING, max_body=CRYPTO_BODY,
            response=(_KEY_SHOWN, _CIPHER_SHOWN, Field("datakey_length", Digits(), of="result.length")),
        ),
        kms_row(
            "decrypt-datakey", data_key_digests.unwrap, *UNWRAP_FIELDS, cipher_length(), *BINDING,
            rules=(Binding(),), max_body=CRYPTO_BODY,
            response=(
                Field("data_key", Hex(), of="result.plaintext"),
                Field("datakey_length", EncodeOnly(lambda key: str(len(key))), of="result.plaintext"),
                Field("datakey_dgst", Hex(), of="result.digest"),
            ),
        ),
    )  # fmt: skip


_PAIR_FIELDS = (KEY_OR_ALIAS, Field("with_plain_text", Flag(), to="with_private"), *BINDING, *PIN)
_PAIR_SHOWN = (
    _KEY_SHOWN,
    Field("key_spec", codecs.PAIRS, of="result.spec"),
    Field("public_key", Base64(), of="result.public"),
    Field("private_key_cipher_text", EncodeOnly(codecs.sealed_hex), of="result.encrypted"),
    Field("private_key_plain_text", Base64(), of="result.private", omit=b""),
)


def _pair_row(name: str, specs: Choice) -> Row:
    return kms_row(
        name, data_key_pairs.generate_data_key_pair,
        *_PAIR_FIELDS, Field("key_spec", specs, to="spec", required=True),
        rules=_PIN_AND_BINDING, response=_PAIR_SHOWN,
    )  # fmt: skip


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        *_new_rows(),
        *_wrapping_rows(),
        _pair_row("create-rsa-datakey-pair", codecs.RSA_PAIRS),
        _pair_row("create-ec-datakey-pair", codecs.EC_PAIRS),
    )
