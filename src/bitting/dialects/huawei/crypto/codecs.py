"""Codecs of cryptographic operations: encryption contexts, ciphertexts, lengths, and the names of algorithms.

Sources: Huawei Cloud DEW API reference (encrypt-data, create-datakey, sign), Open Telekom Cloud KMS API reference
(encryption_context).
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass
from typing import Any

from bitting.core.blob import padded
from bitting.core.encryption_context import canonicalise
from bitting.core.specs import Algorithm
from bitting.core.usecases.crypto.encryption import Encrypted
from bitting.dialects.base.codecs import Base64, Choice, Integer, InvalidWireValue

CONTEXT_CHARACTERS = 8192


class EncryptionContext:
    """An object of strings, at most 8192 characters in the form of :mod:`bitting.core.encryption_context`."""

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
            raise InvalidWireValue("type")
        data = canonicalise(raw)
        if len(data) > CONTEXT_CHARACTERS and len(data.decode()) > CONTEXT_CHARACTERS:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: bytes) -> str:
        return value.decode()


class Recipient:
    """An object with an enclave's attestation document, in base64; comes out as the document."""

    def decode(self, raw: Any) -> bytes:
        if (
            not isinstance(raw, dict)
            or raw.get("key_encryption_algorithm", "RSAES_OAEP_SHA_256") != "RSAES_OAEP_SHA_256"
        ):
            raise InvalidWireValue("type")
        return Base64(1, 65536).decode(raw.get("attestation_document"))

    def encode(self, value: bytes) -> str:
        return Base64().encode(value)


@dataclass(frozen=True, slots=True)
class Bits:
    """A length in whole bytes, sent as a number of bits from ``least`` to ``most``."""

    least: int
    most: int

    def decode(self, raw: Any) -> int:
        return Integer(self.least, self.most, 8).decode(raw) // 8

    def encode(self, value: int) -> int:
        return value * 8


def sealed_bytes(encrypted: Encrypted) -> bytes:
    """A ciphertext in this API: the padded form, or the bare ciphertext of an asymmetric key."""
    blob = encrypted.blob
    return padded(blob) if blob.iv else blob.sealed


def sealed_base64(encrypted: Encrypted) -> str:
    """The ciphertext of encrypt-data."""
    return b2a_base64(sealed_bytes(encrypted), newline=False).decode("ascii")


def sealed_hex(encrypted: Encrypted) -> str:
    """The ciphertext of a data key."""
    return sealed_bytes(encrypted).hex().upper()


ENCRYPTION_ALGORITHMS = Choice(
    {
        "SYMMETRIC_DEFAULT": Algorithm.SYMMETRIC,
        "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
        "SM2_ENCRYPT": Algorithm.SM2_ENCRYPT,
    }
)
#: Bytes of a data key by its name. HMAC names give keys as long as their hash.
DATA_KEY_SPECS = Choice(
    {
        "AES_256": 32,
        "AES_128": 16,
        "SM4": 16,
        "HMAC_256": 32,
        "HMAC_384": 48,
        "HMAC_512": 64,
        "HMAC_SM3": 32,
    }
)
#: Re-encryption also reads ciphertexts of OAEP with SHA-1.
RE_ENCRYPTION_ALGORITHMS = Choice(
    {
        "SYMMETRIC_DEFAULT": Algorithm.SYMMETRIC,
        "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
        "RSAES_OAEP_SHA_1": Algorithm.RSA_OAEP_SHA1,
        "SM2_ENCRYPT": Algorithm.SM2_ENCRYPT,
    }
)
SIGNING_ALGORITHMS = Choice(
    {
        "RSASSA_PSS_SHA_256": Algorithm.RSA_PSS_SHA256,
        "RSASSA_PSS_SHA_384": Algorithm.RSA_PSS_SHA384,
        "RSASSA_PSS_SHA_512": Algorithm.RSA_PSS_SHA512,
        "RSASSA_PKCS1_V1_5_SHA_256": Algorithm.RSA_PKCS1_SHA256,
        "RSASSA_PKCS1_V1_5_SHA_384": Algorithm.RSA_PKCS1_SHA384,
        "RSASSA_PKCS1_V1_5_SHA_512": Algorithm.RSA_PKCS1_SHA512,
        "ECDSA_SHA_256": Algorithm.ECDSA_SHA256,
        "ECDSA_SHA_384": Algorithm.ECDSA_SHA384,
        "ECDSA_SHA_512": Algorithm.ECDSA_SHA512,
        "SM2DSA_SM3": Algorithm.SM2_SM3,
        "ED25519_SHA_512": Algorithm.ED25519,
        "ED25519_PH_SHA_512": Algorithm.ED25519PH,
    }
)
MAC_ALGORITHMS = Choice(
    {
        "HMAC_SHA_256": Algorithm.HMAC_SHA256,
        "HMAC_SHA_384": Algorithm.HMAC_SHA384,
        "HMAC_SHA_512": Algorithm.HMAC_SHA512,
        "HMAC_SM3": Algorithm.HMAC_SM3,
    }
)
_RSA_PAIRS = {name: name for name in ("RSA_2048", "RSA_3072", "RSA_4096")}
_EC_PAIRS = {
    "ECC_NIST_P256": "EC_P256",
    "ECC_NIST_P384": "EC_P384",
    "ECC_NIST_P521": "EC_P521",
    "ECC_SECG_P256K1": "EC_SECP256K1",
    "SM2": "SM2",
}
RSA_PAIRS = Choice(_RSA_PAIRS)
EC_PAIRS = Choice(_EC_PAIRS)
#: For answers: the spec of either kind of pair.
PAIRS = Choice({**_RSA_PAIRS, **_EC_PAIRS})
