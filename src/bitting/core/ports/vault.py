"""Small secrets under the root key, and cryptography that needs no stored key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bitting.core.material import KeyMaterial
from bitting.core.ports.certificates import Certificates, Pkcs12
from bitting.core.ports.key_handle import CanEncrypt
from bitting.core.specs import Algorithm, KeySpec


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A fresh pair: private key as PKCS #8 DER in its box, public key as SubjectPublicKeyInfo DER."""

    private: KeyMaterial
    public: bytes


class Vault(Protocol):
    """Small secrets under the root key, and the primitives that need no stored key."""

    certificates: Certificates

    def wrap(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """AES-256-GCM under the root key, ``binding`` as additional data."""
        ...

    def unwrap(self, wrapped: bytes, binding: bytes) -> KeyMaterial:
        """The secret back. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        ...

    def wrap_token(self, text: str, binding: bytes) -> bytes:
        """A statement of our own that a caller carries back: sealed as :meth:`wrap` does, readable only by us."""
        ...

    def unwrap_token(self, token: bytes, binding: bytes) -> str:
        """The text of a token. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        ...

    def fingerprint(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """32 bytes that say whether two secrets are equal and nothing else (keyed hash under the root key)."""
        ...

    def cipher(self, key: KeyMaterial) -> CanEncrypt:
        """AES-256-GCM under a data key of 32 bytes that no key owns. Raises ``KeyMaterialLengthInvalid``."""
        ...

    def key_pair(self, spec: KeySpec) -> KeyPair:
        """A fresh asymmetric pair that no key owns (data key pairs, wrapping keys)."""
        ...

    def encrypt_to(self, public_der: bytes, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """Encrypt to somebody's public key. Raises ``InvalidParameter`` (unfit key), ``PlaintextTooLong``."""
        ...

    def unwrap_import(self, private: KeyMaterial, algorithm_name: str, ciphertext: bytes) -> KeyMaterial:
        """Imported material, decrypted with a wrapping key of :meth:`key_pair`.

        ``algorithm_name``: RSA_OAEP_SHA256, RSA_OAEP_SHA1, SM2_ENCRYPT or RSAES_PKCS1_V1_5 (which does not
        authenticate: wrong padding yields random bytes of random length). Raises ``InvalidKeyMaterial``,
        ``AlgorithmMismatch``.
        """
        ...

    def unwrap_kwp(self, kek: KeyMaterial, wrapped: bytes) -> KeyMaterial:
        """AES key unwrap with padding (RFC 5649). Raises ``InvalidKeyMaterial``."""
        ...

    def verify_rsa(self, public_der: bytes, message: bytes, signature: bytes) -> bool:
        """Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 by somebody's public key fits.

        False for a malformed signature, and for a key that does not parse or is not RSA of 2048 bits or more.
        """
        ...

    def pkcs12(self, pair: KeyPair, name: str, password: str, not_before_ms: int, not_after_ms: int) -> Pkcs12:
        """An RSA pair as a PKCS #12 file: one self-signed certificate for ``name``, then the private key.

        Encrypted the old way (PBE-SHA1-3DES, HMAC-SHA1), which is all that the readers in sight share: it
        keeps a finder of the file busy, no more. Raises ``InvalidParameter`` for another kind of pair.
        """
        ...

    def digest(self, name: str, message: bytes) -> bytes:
        """A hash: ``sha1``, ``sha224``, ``sha256``, ``sha384``, ``sha512``, ``sm3``."""
        ...
