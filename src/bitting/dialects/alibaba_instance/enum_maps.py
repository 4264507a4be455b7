"""How the Instance API spells what the domain means, and how its raw values become domain values.

Source: Alibaba Cloud "key types and specifications", the shipped message descriptors, Instance SDK samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bitting.core.blob import parse
from bitting.core.faults import InvalidCiphertext
from bitting.core.model.key import KeyRef
from bitting.core.model.secret import CURRENT, PENDING, PREVIOUS, Secret, SecretRotation, SecretType
from bitting.core.specs import Algorithm
from bitting.dialects.base.codecs import Choice, InvalidWireValue

API_VERSION = "dkms-gcs-0.2"
SIGNATURE_METHOD = "RSA_PKCS1_SHA_256"
CONTENT_TYPE = "application/x-protobuf"
#: The three c's are the wire's.
CLIENT_KEY_HEADER = "x-kms-acccesskeyid"
VERSION_HEADER = "x-kms-migrationkeyversionid"
PKCS7, UNPADDED = "PKCS7_PADDING", "NO_PADDING"
BODY_BYTES_MAX = 3 << 20

BLOCK_MODES = frozenset({Algorithm.AES_CBC, Algorithm.AES_ECB, Algorithm.SM4_CBC, Algorithm.SM4_ECB})

_GCM = {"AES_GCM": Algorithm.AES_GCM, "SM4_GCM": Algorithm.SM4_GCM}

#: The advance layout has a place for GCM only.
GCM = Choice(_GCM)
CIPHERS = Choice(
    {
        **_GCM,
        "AES_CBC": Algorithm.AES_CBC,
        "AES_ECB": Algorithm.AES_ECB,
        "SM4_CBC": Algorithm.SM4_CBC,
        "SM4_ECB": Algorithm.SM4_ECB,
        "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
        "RSAES_OAEP_SHA_1": Algorithm.RSA_OAEP_SHA1,
        "ECIES_DH_SHA_1_XOR_HMAC": Algorithm.ECIES_SHA1_XOR_HMAC,
        "SM2PKE": Algorithm.SM2_ENCRYPT,
    }
)
#: The first four and ECDSA_SHA_256, SM2DSA are documented; the rest are the same spelling for specs this API's
#: documents do not list but a key here may have.
SIGNATURES = Choice(
    {
        "RSA_PSS_SHA_256": Algorithm.RSA_PSS_SHA256,
        "RSA_PKCS1_SHA_256": Algorithm.RSA_PKCS1_SHA256,
        "ECDSA_SHA_256": Algorithm.ECDSA_SHA256,
        "SM2DSA": Algorithm.SM2_SM3,
        "RSA_PSS_SHA_384": Algorithm.RSA_PSS_SHA384,
        "RSA_PSS_SHA_512": Algorithm.RSA_PSS_SHA512,
        "RSA_PKCS1_SHA_384": Algorithm.RSA_PKCS1_SHA384,
        "RSA_PKCS1_SHA_512": Algorithm.RSA_PKCS1_SHA512,
        "ECDSA_SHA_384": Algorithm.ECDSA_SHA384,
        "ECDSA_SHA_512": Algorithm.ECDSA_SHA512,
        "ED25519": Algorithm.ED25519,
        "ED25519PH": Algorithm.ED25519PH,
    }
)
PADDINGS = Choice({PKCS7: True, UNPADDED: False})
MESSAGE_TYPES = Choice({"RAW": False, "DIGEST": True})
PAIR_SPECS = Choice(
    {
        "RSA_2048": "RSA_2048",
        "RSA_3072": "RSA_3072",
        "RSA_4096": "RSA_4096",
        "EC_P256": "EC_P256",
        "EC_P256K": "EC_SECP256K1",
    }
)
KEY_FORMATS = Choice({"PEM": True, "DER": False})
#: The Hash message is in the descriptor, in no document: the spellings of the signing algorithms, and the usual ones.
HASHES = Choice(
    {
        "SHA_256": "sha256",
        "SHA256": "sha256",
        "SHA-256": "sha256",
        "SHA_384": "sha384",
        "SHA384": "sha384",
        "SHA-384": "sha384",
        "SHA_512": "sha512",
        "SHA512": "sha512",
        "SHA-512": "sha512",
        "SHA_224": "sha224",
        "SHA224": "sha224",
        "SHA-224": "sha224",
        "SHA_1": "sha1",
        "SHA1": "sha1",
        "SHA-1": "sha1",
        "SM3": "sm3",
    }
)

SECRET_TYPES = Choice(
    {
        "Generic": SecretType.GENERIC,
        "Rds": SecretType.DATABASE,
        "PolarDB": SecretType.CLUSTER,
        "Redis": SecretType.CACHE,
        "RAMCredentials": SecretType.ACCESS_KEY,
        "ECS": SecretType.HOST,
    }
)
_STAGES = {"ACSCurrent": CURRENT, "ACSPrevious": PREVIOUS, "ACSPending": PENDING}
_STAGES_SHOWN = {name: word for word, name in _STAGES.items()}


def automatic(secret: Secret) -> str:
    """AutomaticRotation: for managed secrets and those that rotate; nothing for all others."""
    if secret.type is SecretType.GENERIC and secret.rotation is SecretRotation.DISABLED:
        return ""
    return secret.rotation.value.title()


@dataclass(frozen=True, slots=True)
class StageName:
    """A stage of a secret: the service's three have words of their own here, others are as their owner named them."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str) or not 1 <= len(raw) <= 64 or raw in _STAGES_SHOWN:
            raise InvalidWireValue("format")
        return _STAGES.get(raw, raw)

    def encode(self, value: str) -> str:
        return _STAGES_SHOWN.get(value, value)


@dataclass(frozen=True, slots=True)
class ByteField:
    """A bytes field of ``least`` to ``most`` bytes, as it is."""

    least: int = 0
    most: int = BODY_BYTES_MAX

    def decode(self, raw: Any) -> bytes:
        if not isinstance(raw, bytes):
            raise InvalidWireValue("type")
        if not self.least <= len(raw) <= self.most:
            raise InvalidWireValue("length")
        return raw

    def encode(self, value: bytes) -> bytes:
        return value


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key id, or an alias with its ``alias/`` prefix. Any text may be one; most name no key."""

    def decode(self, raw: Any) -> KeyRef:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        return KeyRef.by_alias(raw) if raw.startswith("alias/") else KeyRef.by_id(raw)

    def encode(self, value: KeyRef) -> str:
        return value.value


@dataclass(frozen=True, slots=True)
class SelfDescribing:
    """A ciphertext that says which key opens it: any layout of :mod:`bitting.core.blob`.

    Bytes without that structure are a bad parameter (400), not a failed decryption (500): nothing was decrypted.
    """

    def decode(self, raw: Any) -> bytes:
        try:
            parse(raw)
        except InvalidCiphertext:
            raise InvalidWireValue("format") from None
        return bytes(raw)

    def encode(self, value: bytes) -> bytes:
        return value
