"""Key specs: family, usages and algorithms of a key. One row per spec.

::

    KeySpec --> Family --> Usage(s) --> Algorithm(s), first one the default

Sources: Alibaba "key types and specifications", Huawei DEW create-key, OTC KMS api-ref. The names
are the field's; each dialect spells them its own way in its enum map.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What kind of thing the material is."""

    AES = "aes"
    SM4 = "sm4"
    RSA = "rsa"
    EC = "ec"
    SM2 = "sm2"
    ED25519 = "ed25519"
    HMAC = "hmac"

    @property
    def symmetric(self) -> bool:
        """Whether the family encrypts with one shared key: AES, SM4."""
        return self in {Family.AES, Family.SM4}

    @property
    def asymmetric(self) -> bool:
        """The families that have a public key."""
        return self in {Family.RSA, Family.EC, Family.SM2, Family.ED25519}


class Usage(StrEnum):
    """What a key was made for. Fixed at creation."""

    ENCRYPT = "encrypt_decrypt"
    SIGN = "sign_verify"
    MAC = "generate_verify_mac"
    AGREE = "key_agreement"


class Algorithm(StrEnum):
    """Every algorithm a key may be asked for."""

    AES_GCM = "AES_GCM"
    AES_CBC = "AES_CBC"
    AES_ECB = "AES_ECB"
    SM4_GCM = "SM4_GCM"
    SM4_CBC = "SM4_CBC"
    SM4_ECB = "SM4_ECB"
    RSA_OAEP_SHA256 = "RSA_OAEP_SHA256"
    RSA_OAEP_SHA1 = "RSA_OAEP_SHA1"
    ECIES_SHA1_XOR_HMAC = "ECIES_SHA1_XOR_HMAC"
    SM2_ENCRYPT = "SM2_ENCRYPT"
    RSA_PSS_SHA256 = "RSA_PSS_SHA256"
    RSA_PSS_SHA384 = "RSA_PSS_SHA384"
    RSA_PSS_SHA512 = "RSA_PSS_SHA512"
    RSA_PKCS1_SHA256 = "RSA_PKCS1_SHA256"
    RSA_PKCS1_SHA384 = "RSA_PKCS1_SHA384"
    RSA_PKCS1_SHA512 = "RSA_PKCS1_SHA512"
    ECDSA_SHA256 = "ECDSA_SHA256"
    ECDSA_SHA384 = "ECDSA_SHA384"
    ECDSA_SHA512 = "ECDSA_SHA512"
    SM2_SM3 = "SM2_SM3"
    ED25519 = "ED25519"
    ED25519PH = "ED25519PH"
    HMAC_SHA224 = "HMAC_SHA224"
    HMAC_SHA256 = "HMAC_SHA256"
    HMAC_SHA384 = "HMAC_SHA384"
    HMAC_SHA512 = "HMAC_SHA512"
    HMAC_SM3 = "HMAC_SM3"
    ECDH = "ECDH"
    #: The default mode of whichever symmetric family the key is of; no asymmetric key has it.
    SYMMETRIC = "SYMMETRIC"


A = Algorithm
_RSA_ENCRYPT = (A.RSA_OAEP_SHA256, A.RSA_OAEP_SHA1)
_RSA_SIGN = (
    A.RSA_PSS_SHA256,
    A.RSA_PSS_SHA384,
    A.RSA_PSS_SHA512,
    A.RSA_PKCS1_SHA256,
    A.RSA_PKCS1_SHA384,
    A.RSA_PKCS1_SHA512,
)


@dataclass(frozen=True, slots=True)
class KeySpec:
    """One row.

    ``bits`` is the strength the name carries, ``material_bytes`` what an import must bring (0 where the
    material is not a plain string of bytes).
    """

    name: str
    family: Family
    bits: int
    material_bytes: int
    algorithms: Mapping[Usage, tuple[Algorithm, ...]]
    curve: str = ""

    @property
    def usages(self) -> tuple[Usage, ...]:
        """The usages a key of this spec may be created for."""
        return tuple(self.algorithms)

    @property
    def default_usage(self) -> Usage:
        """Signing where the spec can sign, as in every cloud here; else the first usage."""
        return Usage.SIGN if Usage.SIGN in self.algorithms else self.usages[0]


def _aes(bits: int) -> KeySpec:
    modes = (A.AES_GCM, A.AES_CBC, A.AES_ECB)
    return KeySpec(f"AES_{bits}", Family.AES, bits, bits // 8, {Usage.ENCRYPT: modes})


def _rsa(bits: int) -> KeySpec:
    return KeySpec(f"RSA_{bits}", Family.RSA, bits, 0, {Usage.ENCRYPT: _RSA_ENCRYPT, Usage.SIGN: _RSA_SIGN})


def _ec(name: str, bits: int, curve: str, sign: tuple[Algorithm, ...]) -> KeySpec:
    usages = {Usage.ENCRYPT: (A.ECIES_SHA1_XOR_HMAC,), Usage.SIGN: sign, Usage.AGREE: (A.ECDH,)}
    return KeySpec(name, Family.EC, bits, 0, usages, curve)


def _hmac(name: str, bits: int, algorithm: Algorithm) -> KeySpec:
    return KeySpec(name, Family.HMAC, bits, bits // 8, {Usage.MAC: (algorithm,)})


_SM4_MODES = (A.SM4_GCM, A.SM4_CBC, A.SM4_ECB)
_SM2_USAGES = {Usage.ENCRYPT: (A.SM2_ENCRYPT,), Usage.SIGN: (A.SM2_SM3,), Usage.AGREE: (A.ECDH,)}

SPECS: dict[str, KeySpec] = {
    spec.name: spec
    for spec in (
        _aes(256),
        _aes(192),
        _aes(128),
        KeySpec("SM4", Family.SM4, 128, 16, {Usage.ENCRYPT: _SM4_MODES}),
        _rsa(2048),
        _rsa(3072),
        _rsa(4096),
        _ec("EC_P256", 256, "secp256r1", (A.ECDSA_SHA256,)),
        _ec("EC_P384", 384, "secp384r1", (A.ECDSA_SHA384,)),
        _ec("EC_P521", 521, "secp521r1", (A.ECDSA_SHA512,)),
        _ec("EC_SECP256K1", 256, "secp256k1", (A.ECDSA_SHA256,)),
        KeySpec("SM2", Family.SM2, 256, 0, _SM2_USAGES, "sm2"),
        KeySpec("ED25519", Family.ED25519, 255, 0, {Usage.SIGN: (A.ED25519, A.ED25519PH)}),
        _hmac("HMAC_SHA224", 224, A.HMAC_SHA224),
        _hmac("HMAC_SHA256", 256, A.HMAC_SHA256),
        _hmac("HMAC_SHA384", 384, A.HMAC_SHA384),
        _hmac("HMAC_SHA512", 512, A.HMAC_SHA512),
        _hmac("HMAC_SM3", 256, A.HMAC_SM3),
    )
}
