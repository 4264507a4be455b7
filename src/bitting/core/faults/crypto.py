"""The bytes given do not decrypt, verify or unwrap. These say no more, on purpose."""

from __future__ import annotations

from bitting.core.faults.base import Fault


class CryptoFault(Fault):
    """The bytes given do not decrypt, verify or unwrap. Says no more, on purpose."""


class InvalidCiphertext(CryptoFault):
    """Not one of our ciphertexts, damaged, or made under another context."""


class AsymmetricDecryptionFailed(InvalidCiphertext):
    """The private key does not open it."""


class PlaintextTooLong(CryptoFault):
    """More plaintext than the key can take."""

    key_id: str = ""
    family: str = ""


class DigestLengthMismatch(CryptoFault):
    """The digest given is not as long as the algorithm's."""

    algorithm: str = ""


class RawMessageUnsupported(CryptoFault):
    """The algorithm signs digests only."""


class DataKeyDigestMismatch(CryptoFault):
    """The digest behind the data key is not the data key's."""

    key_id: str = ""


class DataKeyLengthMismatch(CryptoFault):
    """The data key is not as long as announced."""

    key_id: str = ""


class InvalidKeyMaterial(CryptoFault):
    """The imported material does not unwrap, or is not of the key's spec."""

    spec: str = ""
    key_id: str = ""


class KeyMaterialLengthInvalid(InvalidKeyMaterial):
    """The unwrapped material has the wrong length. ``spec``."""


class KeyMaterialDiffers(InvalidKeyMaterial):
    """A key takes back only the material it had."""


class InvalidImportToken(CryptoFault):
    """The import token is not ours or was changed."""


class ImportTokenKeyMismatch(InvalidImportToken):
    """The import token was given out for another key."""

    key_id: str = ""


class ExpiredImportToken(InvalidImportToken):
    """The import token is too old."""
