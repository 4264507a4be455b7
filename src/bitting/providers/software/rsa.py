"""RSA keys: OAEP to encrypt, PSS and PKCS #1 v1.5 to sign.

::

    encrypt(plaintext, RSA_OAEP_SHA256)     MGF1 with the same hash, no label
    sign(message, RSA_PSS_SHA256)           MGF1 with the same hash, salt as long as the hash

Source: RFC 8017 sections 7.1, 8.1, 8.2. Private keys are ours (made or checked here, and authenticated
by the wrapping), so opening one skips the primality checks; importing one does not.
"""

from __future__ import annotations

from typing import TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from bitting.core.faults import AsymmetricDecryptionFailed, InvalidKeyMaterial, PlaintextTooLong
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm, Family, KeySpec, Usage
from bitting.providers.software.digests import SIGNING, prepared
from bitting.providers.software.handle import Handle, mismatch

PUBLIC_EXPONENT = 65537

_OAEP: dict[Algorithm, tuple[padding.OAEP, int]] = {
    algorithm: (padding.OAEP(padding.MGF1(kind), kind, None), 2 * kind.digest_size + 2)
    for algorithm, kind in (
        (Algorithm.RSA_OAEP_SHA1, hashes.SHA1()),  # noqa: S303 - the clouds' RSAES_OAEP_SHA_1; OAEP needs no collision resistance
        (Algorithm.RSA_OAEP_SHA256, hashes.SHA256()),
    )
}
_PSS = frozenset({Algorithm.RSA_PSS_SHA256, Algorithm.RSA_PSS_SHA384, Algorithm.RSA_PSS_SHA512})


def is_oaep(algorithm: Algorithm) -> bool:
    """Whether the algorithm is one of the OAEP ones."""
    return algorithm in _OAEP


def oaep_encrypt(public: RSAPublicKey, plaintext: bytes, algorithm: Algorithm) -> bytes:
    """RSAES-OAEP to ``public``. Raises ``PlaintextTooLong`` over modulus - 2 x hash - 2 bytes."""
    scheme, overhead = _OAEP[algorithm]
    if len(plaintext) > public.key_size // 8 - overhead:
        raise PlaintextTooLong
    return public.encrypt(plaintext, scheme)


def oaep_decrypt(private: RSAPrivateKey, ciphertext: bytes, algorithm: Algorithm) -> bytes:
    """RSAES-OAEP opened. Whatever is wrong, the fault is the same ``AsymmetricDecryptionFailed``."""
    try:
        return private.decrypt(ciphertext, _OAEP[algorithm][0])
    except ValueError:
        raise AsymmetricDecryptionFailed from None


def pkcs1_decrypt(private: RSAPrivateKey, ciphertext: bytes) -> bytes:
    """RSAES-PKCS1-v1_5 opened, with implicit rejection: wrong padding yields random bytes, not an error.

    The caller must therefore check the length, and authenticate what it got by other means. Raises
    ``AsymmetricDecryptionFailed`` only for a ciphertext of the wrong length or not below the modulus.
    """
    try:
        return private.decrypt(ciphertext, padding.PKCS1v15())
    except ValueError:
        raise AsymmetricDecryptionFailed from None


def open_private(material: KeyMaterial) -> RSAPrivateKey:
    """A key that this software encoded. Raises ``ValueError`` if it is not one."""
    key = load_der_private_key(reveal(material), None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey):
        msg = "not an RSA key"
        raise ValueError(msg)  # noqa: TRY004 - one exception for all that does not parse
    return key


class RsaHandle(Handle):
    """An opened RSA key (``CanEncryptAsymmetric``, ``CanSign``, ``CanExportPublic``). Thread-safe."""

    __slots__ = ("_private", "_public")

    def __init__(self, spec: KeySpec, private: RSAPrivateKey) -> None:
        super().__init__(spec)
        self._private = private
        self._public = private.public_key()

    def encrypt(self, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """RSAES-OAEP. Raises ``PlaintextTooLong``, ``AlgorithmMismatch``."""
        if algorithm not in self._spec.algorithms[Usage.ENCRYPT]:
            raise mismatch(self._spec, algorithm)
        return oaep_encrypt(self._public, plaintext, algorithm)

    def decrypt(self, ciphertext: bytes, algorithm: Algorithm) -> bytes:
        """RSAES-OAEP. Raises ``AsymmetricDecryptionFailed``, ``AlgorithmMismatch``."""
        if algorithm not in self._spec.algorithms[Usage.ENCRYPT]:
            raise mismatch(self._spec, algorithm)
        return oaep_decrypt(self._private, ciphertext, algorithm)

    def sign(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        """RSASSA-PSS or RSASSA-PKCS1-v1_5. Raises ``AlgorithmMismatch``, ``DigestLengthMismatch``."""
        scheme = self._signature_scheme(algorithm)
        return self._private.sign(message, scheme, prepared(message, algorithm, digest=digest))

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm, *, digest: bool) -> bool:
        """Whether the signature fits; one of another length, or with a PSS salt of another length, does not.

        The length is RFC 8017's first step (8.1.2, 8.2.2). The library leaves it out for PSS and takes a
        signature without its leading zero bytes for the same number.
        """
        scheme = self._signature_scheme(algorithm)
        hashing = prepared(message, algorithm, digest=digest)
        if len(signature) != self._spec.bits // 8:
            return False
        try:
            self._public.verify(signature, message, scheme, hashing)
        except InvalidSignature:
            return False
        return True

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo."""
        return self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def _signature_scheme(self, algorithm: Algorithm) -> padding.PSS | padding.PKCS1v15:
        if algorithm not in self._spec.algorithms[Usage.SIGN]:
            raise mismatch(self._spec, algorithm)
        if algorithm in _PSS:
            kind = SIGNING[algorithm]
            return padding.PSS(padding.MGF1(kind), kind.digest_size)
        return padding.PKCS1v15()


class RsaFamily:
    """RSA keys: PKCS #8 DER."""

    def supports(self, spec: KeySpec) -> bool:
        """Always."""
        return spec.family is Family.RSA

    def generate(self, spec: KeySpec) -> KeyPair:
        """A fresh key with exponent 65537. Takes 50 ms to several seconds."""
        return _pair(generate_private_key(PUBLIC_EXPONENT, spec.bits))

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """PKCS #8 DER of exactly the spec's size, its numbers checked. Raises ``InvalidKeyMaterial``."""
        try:
            key = load_der_private_key(reveal(material), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InvalidKeyMaterial(spec=spec.name) from None
        if not _fits(key, spec):
            raise InvalidKeyMaterial(spec=spec.name)
        return _pair(key)

    def open(self, spec: KeySpec, private: KeyMaterial) -> RsaHandle:
        """A handle. Raises ``ValueError`` if it is not a key of this spec."""
        key = open_private(private)
        if not _fits(key, spec):
            msg = "not a key of this spec"
            raise ValueError(msg)
        return RsaHandle(spec, key)


def _fits(key: object, spec: KeySpec) -> TypeGuard[RSAPrivateKey]:
    return isinstance(key, RSAPrivateKey) and key.key_size == spec.bits


def _pair(key: RSAPrivateKey) -> KeyPair:
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(KeyMaterial(private), public)
