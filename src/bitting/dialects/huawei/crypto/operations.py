"""Data keys made elsewhere, data key pairs, re-encryption, signatures, codes, public keys, shared secrets.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219, Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from binascii import b2a_base64
from typing import Any

from bitting.core.pem import PUBLIC_KEY, armour
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto import data_key_digests, data_key_pairs, key_agreement, signing
from bitting.dialects.base.codecs import Base64, Choice, Digits, EncodeOnly, Flag, Hex, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.crypto import adapters as crypto_adapters
from bitting.dialects.huawei.keys.operations import BASE, BINDING, CIPHERTEXT_BYTES, CRYPTO_BODY, PIN
from bitting.dialects.huawei.rows import Row

_ID = codecs.KeyName()
_ID_OR_ALIAS = codecs.KeyName(aliases=True)
_TEXT = Text()
_KEY = Field("key_id", _ID_OR_ALIAS, to="key", required=True)
_BY_ID = Field("key_id", _ID, to="key", required=True)
_KEY_SHOWN = Field("key_id", _TEXT, of="result.key.id")
_MESSAGE = Base64(1, 4096)
_RSA_MOST = {"rsa_most": 190}


def row(name: str, use: Any, *request: Field, response: tuple[Field, ...] = (), **rest: Any) -> Row:
    """A row whose path ends in its name."""
    return Row(name=name, path=BASE + name, surface="kms", use=use, request=request, response=response, **rest)


def plain_length(bytes_least: int = 1, bytes_most: int = 1024) -> Field:
    """How long the data key to seal is."""
    return Field("datakey_plain_length", Integer(bytes_least, bytes_most), to="length", required=True)


def cipher_length(bytes_least: int = 1, bytes_most: int = 1024) -> Field:
    """How long the data key in a ciphertext is."""
    return Field("datakey_cipher_length", Integer(bytes_least, bytes_most), to="length", required=True)


def _pem(der: bytes) -> str:
    """PEM with the line ends of the documented example, which are CR LF."""
    return armour(PUBLIC_KEY, der).decode().replace("\n", "\r\n")


def _base64(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii")


def _algorithm(used: Algorithm) -> str:
    """An algorithm in this API's words; the modes of symmetric keys have one word together."""
    word = codecs.RE_ENCRYPTION_ALGORITHMS.encode(used)
    return word if word != used.value else "SYMMETRIC_DEFAULT"


WRAP = (_KEY, Field("plain_text", Hex(1, 4096), to="content", required=True))
UNWRAP = (_BY_ID, Field("cipher_text", Hex(1, CIPHERTEXT_BYTES), to="ciphertext", required=True))

DATA_KEYS = (
    row(
        "encrypt-datakey",
        data_key_digests.wrap,
        *WRAP,
        plain_length(),
        *BINDING,
        *PIN,
        # Which kind of data key it is concerns only regions of the highest assurance level.
        Field("key_spec", Choice({"SM2": "SM2", "RSA": "RSA"})),
        adapt_request=crypto_adapters.wrap,
        max_body=CRYPTO_BODY,
        given=_RSA_MOST,
        response=(
            Field("key_id", _TEXT, of="result.encrypted.key.id"),
            Field("cipher_text", EncodeOnly(codecs.sealed_hex), of="result.encrypted"),
            Field("datakey_length", Digits(), of="result.length"),
        ),
    ),
    row(
        "decrypt-datakey",
        data_key_digests.unwrap,
        *UNWRAP,
        cipher_length(),
        *BINDING,
        adapt_request=crypto_adapters.unwrap,
        max_body=CRYPTO_BODY,
        response=(
            Field("data_key", Hex(), of="result.plaintext"),
            Field("datakey_length", EncodeOnly(lambda key: str(len(key))), of="result.plaintext"),
            Field("datakey_dgst", Hex(), of="result.digest"),
        ),
    ),
    row(
        "re-encrypt",
        data_key_digests.re_encrypt,
        Field("destination_key_id", _ID_OR_ALIAS, to="key", required=True),
        Field("cipher_text", Text(1, CIPHERTEXT_BYTES), required=True),
        Field("source_key_id", _ID, to="source"),
        Field("source_additional_authenticated_data", BINDING[0].kind, to="source_aad"),
        Field("source_encryption_algorithm", codecs.RE_ENCRYPTION_ALGORITHMS, to="source_algorithm"),
        Field("destination_additional_authenticated_data", BINDING[0].kind, to="aad"),
        Field("destination_encryption_algorithm", codecs.RE_ENCRYPTION_ALGORITHMS, to="algorithm"),
        Field("datakey_cipher_length", Integer(1, 1024), to="length"),
        adapt_request=crypto_adapters.re_encrypt,
        adapt_response=crypto_adapters.re_encrypted,
        max_body=CRYPTO_BODY,
        response=(
            Field("key_id", _TEXT, of="result.made.encrypted.key.id"),
            Field("source_key_id", _TEXT, of="result.made.source.id"),
            Field("source_encryption_algorithm", EncodeOnly(_algorithm), of="result.made.opened_with"),
            Field("destination_encryption_algorithm", EncodeOnly(_algorithm), of="result.made.encrypted.algorithm"),
            Field("cipher_text", _TEXT, of="result.text"),
        ),
    ),
)

_PAIR = (
    Field("key_id", _TEXT, of="result.made.encrypted.key.id"),
    Field("key_spec", _TEXT, of="result.spec"),
    Field("public_key", Base64(), of="result.made.public"),
    Field("private_key_cipher_text", EncodeOnly(codecs.sealed_hex), of="result.made.encrypted"),
    Field("private_key_plain_text", EncodeOnly(_base64), of="result.private", omit=b""),
)
_PAIR_FIELDS = (_KEY, Field("with_plain_text", Flag()), *BINDING, *PIN)

PAIRS = tuple(
    row(
        name,
        data_key_pairs.generate_data_key_pair,
        *_PAIR_FIELDS,
        Field("key_spec", specs, to="spec", required=True),
        adapt_request=crypto_adapters.pair,
        adapt_response=crypto_adapters.paired,
        response=_PAIR,
    )
    for name, specs in (("create-rsa-datakey-pair", codecs.RSA_PAIRS), ("create-ec-datakey-pair", codecs.EC_PAIRS))
)

_SIGN_FIELDS = (
    _KEY,
    Field("message", _MESSAGE, to="message", required=True),
    Field("signing_algorithm", codecs.SIGNING_ALGORITHMS, to="algorithm", required=True),
    Field("message_type", Choice({"DIGEST": True, "RAW": False}), to="digest"),
)
_DIGEST = {"digest": True}

SIGNATURES = (
    row(
        "sign",
        signing.sign,
        *_SIGN_FIELDS,
        given=_DIGEST,
        adapt_request=crypto_adapters.signed,
        response=(_KEY_SHOWN, Field("signature", Base64(), of="result.signature")),
    ),
    row(
        "verify",
        signing.verify,
        *_SIGN_FIELDS,
        Field("signature", Base64(1, 1024), to="signature", required=True),
        given=_DIGEST,
        adapt_request=crypto_adapters.signed,
        response=(_KEY_SHOWN, Field("signature_valid", EncodeOnly(lambda fits: str(fits).lower()), of="result.fits")),
    ),
    row(
        "get-publickey",
        signing.public_key,
        _KEY,
        response=(_KEY_SHOWN, Field("public_key", EncodeOnly(_pem), of="result.der")),
    ),
)

_MAC_FIELDS = (
    _KEY,
    Field("mac_algorithm", codecs.MAC_ALGORITHMS, to="algorithm", required=True),
    Field("message", _MESSAGE, to="message", required=True),
)
_MAC_SHOWN = (_KEY_SHOWN, Field("mac_algorithm", codecs.MAC_ALGORITHMS, of="result.algorithm"))

CODES = (
    row("generate-mac", signing.mac, *_MAC_FIELDS, response=(*_MAC_SHOWN, Field("mac", Base64(), of="result.mac"))),
    row(
        "verify-mac",
        signing.verify_mac,
        *_MAC_FIELDS,
        Field("mac", Base64(1, 1024), to="mac", required=True),
        response=(*_MAC_SHOWN, Field("mac_valid", Flag(), of="result.fits")),
    ),
    row(
        "derive-shared-secret",
        key_agreement.derive,
        _BY_ID,
        Field("key_agreement_algorithm", Choice({"ECDH": "ECDH"}), required=True),
        Field("public_key", Base64(1, 4096), to="peer", required=True),
        Field("recipient", codecs.Recipient(), to="attestation"),
        adapt_request=crypto_adapters.agreed,
        response=(
            _KEY_SHOWN,
            Field("key_agreement_algorithm", EncodeOnly(lambda _: "ECDH"), of="result"),
            Field("shared_secret", Base64(), of="result.secret"),
        ),
    ),
)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (*DATA_KEYS, *PAIRS, *SIGNATURES, *CODES)
