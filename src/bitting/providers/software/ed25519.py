"""Ed25519 keys: the pure scheme, and the pre-hashed one where a library offers it.

::

    ED25519      signs the message itself (digest=True is refused: there is no digest to give)
    ED25519PH    signs SHA-512(message), or that digest as given; context empty

Source: RFC 8032 sections 5.1 and 5.1.7; RFC 8410 for the encodings. The bundled library has the pure
scheme only. Ed25519ph needs a libcrypto of version 3.4 or later (the first that signs a given digest);
without one it is answered ``AlgorithmMismatch``.
"""

from __future__ import annotations

import hashlib
from typing import TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from bitting.core.faults import DigestLengthMismatch, InvalidKeyMaterial, ProviderFailed
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm, Family, KeySpec
from bitting.providers.software.handle import Handle, mismatch
from bitting.providers.software.libcrypto import Key, Libcrypto, NativeError, Scheme

NAME = "ED25519"
PREHASH_BYTES = 64

# RFC 8032 section 7.3, "Ed25519ph": the public key and the signature of "abc".
_EXAMPLE_KEY = bytes.fromhex("302A300506032B6570032100EC172B93AD5E563BF4932C70E1245034C35467EF2EFD4D64EBF819683467E2BF")
_EXAMPLE_SIGNATURE = bytes.fromhex(
    "98A70222F0B8121AA9D30F813D683F809E462B469C7FF87639499BB94E6DAE41"
    "31F85042463C2A355A2003D062ADF5AAA10B8C61E636062AAAD11C2A26083406"
)


class Prehash:
    """Ed25519ph over the system's libcrypto."""

    __slots__ = ("_library", "_scheme")

    def __init__(self, library: Libcrypto, scheme: Scheme) -> None:
        self._library = library
        self._scheme = scheme

    @classmethod
    def find(cls, library: Libcrypto | None) -> Prehash | None:
        """Ed25519ph, if the library has it and agrees with the RFC's example."""
        scheme = library.scheme("ED25519ph") if library is not None else None
        if library is None or scheme is None:
            return None
        digest = hashlib.sha512(b"abc").digest()
        try:
            key = library.public_key(_EXAMPLE_KEY, NAME)
            agrees = library.verify(key, _EXAMPLE_SIGNATURE, digest, scheme)
        except NativeError:
            return None
        return cls(library, scheme) if agrees else None

    def load(self, material: KeyMaterial) -> Key:
        """The private key inside the library. Raises ``ValueError`` if it does not parse."""
        try:
            return self._library.private_key(material, NAME)
        except NativeError:
            msg = "not an Ed25519 key"
            raise ValueError(msg) from None

    def sign(self, key: Key, digest: bytes) -> bytes:
        """The signature of a SHA-512 digest."""
        try:
            return self._library.sign(key, digest, self._scheme)
        except NativeError:
            raise ProviderFailed(reason="Ed25519ph signing failed") from None

    def verify(self, key: Key, signature: bytes, digest: bytes) -> bool:
        """Whether the signature fits."""
        try:
            return self._library.verify(key, signature, digest, self._scheme)
        except NativeError:
            raise ProviderFailed(reason="Ed25519ph verification failed") from None


class Ed25519Handle(Handle):
    """An opened Ed25519 key (``CanSign``, ``CanExportPublic``). Thread-safe."""

    __slots__ = ("_prehash", "_prehash_key", "_private", "_public")

    def __init__(
        self, spec: KeySpec, private: Ed25519PrivateKey, prehash: Prehash | None, prehash_key: Key | None
    ) -> None:
        super().__init__(spec)
        self._private = private
        self._public = private.public_key()
        self._prehash = prehash
        self._prehash_key = prehash_key

    def sign(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        """64 bytes. Raises ``AlgorithmMismatch``, ``DigestLengthMismatch``."""
        if algorithm is Algorithm.ED25519 and not digest:
            return self._private.sign(message)
        prehash, key = self._prehashed(algorithm)
        return prehash.sign(key, _digest(message, given=digest))

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm, *, digest: bool) -> bool:
        """Whether the signature fits."""
        if algorithm is not Algorithm.ED25519 or digest:
            prehash, key = self._prehashed(algorithm)
            return prehash.verify(key, signature, _digest(message, given=digest))
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo (RFC 8410)."""
        return self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def _prehashed(self, algorithm: Algorithm) -> tuple[Prehash, Key]:
        if algorithm is not Algorithm.ED25519PH or self._prehash is None or self._prehash_key is None:
            raise mismatch(self._spec, algorithm)
        return self._prehash, self._prehash_key


def _digest(message: bytes, *, given: bool) -> bytes:
    if not given:
        return hashlib.sha512(message).digest()
    if len(message) != PREHASH_BYTES:
        raise DigestLengthMismatch(algorithm=Algorithm.ED25519PH.value)
    return message


class Ed25519Family:
    """Ed25519 keys: PKCS #8 DER."""

    __slots__ = ("_prehash",)

    def __init__(self, library: Libcrypto | None) -> None:
        self._prehash = Prehash.find(library)

    @property
    def prehashes(self) -> bool:
        """Whether ED25519PH works here."""
        return self._prehash is not None

    def supports(self, spec: KeySpec) -> bool:
        """Always; see :attr:`prehashes` for the second algorithm."""
        return spec.family is Family.ED25519

    def generate(self, spec: KeySpec) -> KeyPair:  # noqa: ARG002 - one spec in the family
        """A fresh key."""
        return _pair(Ed25519PrivateKey.generate())

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """PKCS #8 DER. Raises ``InvalidKeyMaterial``."""
        try:
            key = load_der_private_key(reveal(material), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InvalidKeyMaterial(spec=spec.name) from None
        if not _fits(key):
            raise InvalidKeyMaterial(spec=spec.name)
        return _pair(key)

    def open(self, spec: KeySpec, private: KeyMaterial) -> Ed25519Handle:
        """A handle. Raises ``ValueError`` if it is not an Ed25519 key."""
        key = load_der_private_key(reveal(private), None)
        if not _fits(key):
            msg = "not an Ed25519 key"
            raise ValueError(msg)
        prehash = self._prehash
        return Ed25519Handle(spec, key, prehash, prehash.load(private) if prehash else None)


def _fits(key: object) -> TypeGuard[Ed25519PrivateKey]:
    return isinstance(key, Ed25519PrivateKey)


def _pair(key: Ed25519PrivateKey) -> KeyPair:
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(KeyMaterial(private), public)
