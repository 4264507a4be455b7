"""The vault: small secrets under the root key, and cryptography without a stored key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bitting.core.material import KeyMaterial
from bitting.core.ports.certificates import Certificates, Pkcs12
from bitting.core.ports.key_handle import CanEncrypt
from bitting.core.specs import Algorithm, KeySpec


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A new key pair: private key as PKCS #8 DER in a container, public key as SubjectPublicKeyInfo DER."""

    private: KeyMaterial
    public: bytes


class Vault(Protocol):
    """Encrypts small secrets under the root key; offers primitives that need no stored key."""

    certificates: Certificates

    def wrap(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """AES-256-GCM under the root key, ``binding`` as additional data."""
        ...

    def unwrap(self, wrapped: bytes, binding: bytes) -> KeyMaterial:
        """The secret back. Raises ``ProviderFailed`` if it was changed or the binding differs."""
        ...

    def fingerprint(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """32 bytes that are equal for equal secrets (keyed hash under the root key)."""
        ...

    def cipher(self, key: KeyMaterial) -> CanEncrypt:
        """AES-256-GCM under a data key of 32 bytes. Raises ``KeyMaterialLengthInvalid``."""
        ...

    def key_pair(self, spec: KeySpec) -> KeyPair:
        """A new asymmetric pair outside any key (data key pairs, wrapping keys)."""
        ...

    def encrypt_to(self, public_der: bytes, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """Encrypt to a given public key. Raises ``InvalidParameter`` (unusable key), ``PlaintextTooLong``."""
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
        """Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 by the given public key is valid.

        False for a malformed signature, and for a key that does not parse or is not RSA of 2048 bits or more.
        """
        ...

    def pkcs12(self, pair: KeyPair, name: str, password: str, not_before_ms: int, not_after_ms: int) -> Pkcs12:
        """An RSA pair as a PKCS #12 file: one self-signed certificate for ``name``, then the private key.

        Encrypted with PBE-SHA1-3DES and HMAC-SHA1, the only scheme that all client libraries read: weak protection
        against a thief of the file. Raises ``InvalidParameter`` for another kind of pair.
        """
        ...

    def digest(self, name: str, message: bytes) -> bytes:
        """A hash: ``sha1``, ``sha224``, ``sha256``, ``sha384``, ``sha512``, ``sm3``."""
        ...
