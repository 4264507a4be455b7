"""Kinds that only this API has: how it names keys, writes contexts, and spells specs, states and usages.

Sources: Huawei Cloud DEW API reference (create-key, describe-key, encrypt-data), Open Telekom Cloud KMS API
reference (alias and URN forms, encryption_context).
"""

from __future__ import annotations

import re
from binascii import b2a_base64
from dataclasses import dataclass
from typing import Any

from bitting.core.blob import padded
from bitting.core.encryption_context import canonicalise
from bitting.core.model.key import KeyRef, KeyState, Origin, RotationState
from bitting.core.specs import Algorithm, Usage
from bitting.core.usecases.crypto.encryption import Encrypted
from bitting.dialects.base.codecs import Base64, Choice, Integer, InvalidWireValue

CONTEXT_CHARACTERS = 8192
URN = "urn"
ALIAS_PREFIX = "alias/"

_KEY_ID = re.compile(r"[0-9a-z]{8}-(?:[0-9a-z]{4}-){3}[0-9a-z]{12}")
_ALIAS = re.compile(r"[a-zA-Z0-9:/_-]{1,255}")
_SEQUENCE = re.compile(r"[0-9a-zA-Z]{8}-(?:[0-9a-zA-Z]{4}-){3}[0-9a-zA-Z]{12}")


@dataclass(frozen=True, slots=True)
class KeyName:
    """A key id; where ``aliases``, also ``alias/<name>`` or ``kms:<region>:<domain>:alias:<name>``.

    A bare alias is refused on purpose: openstack clients take the refusal as "look it up in the list", and
    would otherwise keep the alias as the key's id. A URN comes out as a reference of kind :data:`URN`, to be
    resolved by somebody who knows region and domain.
    """

    aliases: bool = False

    def decode(self, raw: Any) -> KeyRef:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if _KEY_ID.fullmatch(raw):
            return KeyRef("id", raw)
        if self.aliases and raw[:6] == "alias/" and _ALIAS.fullmatch(raw[6:]):
            return KeyRef("alias", raw)
        if self.aliases and raw[:4] == "kms:":
            return KeyRef(URN, raw)
        raise InvalidWireValue("format")

    def encode(self, value: KeyRef) -> str:
        return value.value


def alias_of_urn(urn: str, region: str, domain_id: str) -> KeyRef | None:
    """The alias a URN names, if it is one of this region and domain."""
    parts = urn.split(":", 4)
    if len(parts) == 5 and parts[:4] == ["kms", region, domain_id, "alias"] and _ALIAS.fullmatch(parts[4]):
        return KeyRef("alias", f"alias/{parts[4]}")
    return None


class KeyAlias:
    """The display name of a key: 1 to 255 of ``a-zA-Z0-9:/_-``, not one a service's default key could have."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if not _ALIAS.fullmatch(raw) or raw.endswith("/default"):
            raise InvalidWireValue("format")
        return raw

    def encode(self, value: str) -> str:
        return value


class AliasName:
    """An alias: 1 to 255 of ``a-zA-Z0-9:/_-``, with ``alias/`` before it or without."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        name = raw.removeprefix(ALIAS_PREFIX)
        if not _ALIAS.fullmatch(name) or name.endswith("/default"):
            raise InvalidWireValue("format")
        return ALIAS_PREFIX + name

    def encode(self, value: str) -> str:
        return value.removeprefix(ALIAS_PREFIX)


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


class StateFilter:
    """``1`` to ``5``, as text or number. 1, waiting for activation, is documented; no key is ever in it."""

    def decode(self, raw: Any) -> KeyState | str:
        word = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw
        return "" if word == "1" else STATES.decode(word)

    def encode(self, value: KeyState) -> str:
        return STATES.encode(value)


def is_sequence(raw: Any) -> bool:
    """Whether a message sequence number has its 36 characters in the form of a UUID."""
    return isinstance(raw, str) and _SEQUENCE.fullmatch(raw) is not None


def sealed_bytes(encrypted: Encrypted) -> bytes:
    """A ciphertext as this API hands it out: the long coat, or bare where an asymmetric key made it."""
    blob = encrypted.blob
    return padded(blob) if blob.iv else blob.sealed


def sealed_base64(encrypted: Encrypted) -> str:
    """The ciphertext of encrypt-data."""
    return b2a_base64(sealed_bytes(encrypted), newline=False).decode("ascii")


def sealed_hex(encrypted: Encrypted) -> str:
    """The ciphertext of a data key."""
    return sealed_bytes(encrypted).hex().upper()


def rotation_word(state: RotationState) -> str:
    """Whether rotation is on, as the text that key details carry."""
    return "false" if state is RotationState.DISABLED else "true"


STATES = Choice(
    {
        "2": KeyState.ENABLED,
        "3": KeyState.DISABLED,
        "4": KeyState.PENDING_DELETION,
        "5": KeyState.PENDING_IMPORT,
        "7": KeyState.FROZEN,
    }
)
SPEC_WORDS = {
    "AES_256": "AES_256",
    "SM4": "SM4",
    "RSA_2048": "RSA_2048",
    "RSA_3072": "RSA_3072",
    "RSA_4096": "RSA_4096",
    "EC_P256": "EC_P256",
    "EC_P384": "EC_P384",
    "SECP256K1": "EC_SECP256K1",
    "SM2": "SM2",
    "ED25519": "ED25519",
    "HMAC_256": "HMAC_SHA256",
    "HMAC_384": "HMAC_SHA384",
    "HMAC_512": "HMAC_SHA512",
    "HMAC_SM3": "HMAC_SM3",
}
SPECS_SPELT = Choice(SPEC_WORDS)
USAGES = Choice(
    {
        "ENCRYPT_DECRYPT": Usage.ENCRYPT,
        "SIGN_VERIFY": Usage.SIGN,
        "GENERATE_VERIFY_MAC": Usage.MAC,
        "KEY_AGREEMENT": Usage.AGREE,
    }
)
ORIGINS = Choice({"kms": Origin.INTERNAL, "external": Origin.EXTERNAL})
ENCRYPTION_ALGORITHMS = Choice(
    {
        "SYMMETRIC_DEFAULT": Algorithm.SYMMETRIC,
        "RSAES_OAEP_SHA_256": Algorithm.RSA_OAEP_SHA256,
        "SM2_ENCRYPT": Algorithm.SM2_ENCRYPT,
    }
)
#: Bits of a data key by its name. HMAC names give keys as long as their hash.
DATA_KEY_SPECS = Choice(
    {
        "AES_256": 256,
        "AES_128": 128,
        "SM4": 128,
        "HMAC_256": 256,
        "HMAC_384": 384,
        "HMAC_512": 512,
        "HMAC_SM3": 256,
    }
)
#: Re-encryption also reads what OAEP with SHA-1 made.
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
RSA_PAIRS = Choice({name: name for name in ("RSA_2048", "RSA_3072", "RSA_4096")})
EC_PAIRS = Choice(
    {
        "ECC_NIST_P256": "EC_P256",
        "ECC_NIST_P384": "EC_P384",
        "ECC_NIST_P521": "EC_P521",
        "ECC_SECG_P256K1": "EC_SECP256K1",
        "SM2": "SM2",
    }
)


class AnyJson:
    """Any JSON value, for a shape to look at."""

    def decode(self, raw: Any) -> Any:
        return raw

    def encode(self, value: Any) -> Any:
        return value


class Seconds:
    """A moment in seconds since 1970 outside, milliseconds inside."""

    def decode(self, raw: Any) -> int:
        return Integer(0, 10_000_000_000).decode(raw) * 1000

    def encode(self, value: int) -> int:
        return value // 1000


@dataclass(frozen=True, slots=True)
class NumericChoice:
    """A choice whose words may come as numbers."""

    choice: Choice

    def decode(self, raw: Any) -> Any:
        return self.choice.decode(str(raw) if isinstance(raw, int) and not isinstance(raw, bool) else raw)

    def encode(self, value: Any) -> str:
        return self.choice.encode(value)
