"""Elliptic-curve keys on P-256, P-384 and secp256k1: ECDSA, ECIES, ECDH.

::

    sign(message, ECDSA_SHA256)      ASN.1 DER SEQUENCE { r, s }
    encrypt(plaintext, ECIES_...)    see ecies.py
    agree(peer)                      x coordinate, big-endian, as long as the field

Sources: FIPS 186-5 section 6, RFC 3279 section 2.2.3 (signature encoding), SEC 1 version 2.0 section
3.3.1 (ECDH), SEC 2 (curves).
"""

from __future__ import annotations

from typing import TypeGuard

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from bitting.core.faults import InvalidKeyMaterial, InvalidParameter
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm, Family, KeySpec, Usage
from bitting.providers.software import ecies
from bitting.providers.software.digests import prepared
from bitting.providers.software.handle import Handle, mismatch

_CURVES: dict[str, ec.EllipticCurve] = {
    curve.name: curve for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1(), ec.SECP256K1())
}


class EcHandle(Handle):
    """An opened EC key (``CanEncryptAsymmetric``, ``CanSign``, ``CanExportPublic``, ``CanAgree``). Thread-safe."""

    __slots__ = ("_private", "_public")

    def __init__(self, spec: KeySpec, private: ec.EllipticCurvePrivateKey) -> None:
        super().__init__(spec)
        self._private = private
        self._public = private.public_key()

    def encrypt(self, plaintext: bytes, algorithm: Algorithm) -> bytes:
        """ECIES. Raises ``PlaintextTooLong``, ``AlgorithmMismatch``."""
        if algorithm not in self._spec.algorithms[Usage.ENCRYPT]:
            raise mismatch(self._spec, algorithm)
        return ecies.encrypt(self._public, plaintext)

    def decrypt(self, ciphertext: bytes, algorithm: Algorithm) -> bytes:
        """ECIES. Raises ``AsymmetricDecryptionFailed``, ``AlgorithmMismatch``."""
        if algorithm not in self._spec.algorithms[Usage.ENCRYPT]:
            raise mismatch(self._spec, algorithm)
        return ecies.decrypt(self._private, ciphertext)

    def sign(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> bytes:
        """ECDSA with a random nonce. Raises ``AlgorithmMismatch``, ``DigestLengthMismatch``."""
        return self._private.sign(message, self._ecdsa(message, algorithm, digest=digest))

    def verify(self, message: bytes, signature: bytes, algorithm: Algorithm, *, digest: bool) -> bool:
        """Whether the signature fits; anything but strict DER does not."""
        scheme = self._ecdsa(message, algorithm, digest=digest)
        try:
            self._public.verify(signature, message, scheme)
        except InvalidSignature:
            return False
        return True

    def public_der(self) -> bytes:
        """SubjectPublicKeyInfo with a named curve and an uncompressed point."""
        return self._public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def agree(self, peer_public_der: bytes) -> bytes:
        """ECDH. Raises ``InvalidParameter`` unless the peer is a key on the same curve."""
        try:
            peer = load_der_public_key(peer_public_der)
        except (ValueError, UnsupportedAlgorithm):
            raise InvalidParameter(parameter="public_key", reason="format") from None
        if not isinstance(peer, ec.EllipticCurvePublicKey) or peer.curve.name != self._spec.curve:
            raise InvalidParameter(parameter="public_key", reason="format")
        return self._private.exchange(ec.ECDH(), peer)

    def _ecdsa(self, message: bytes, algorithm: Algorithm, *, digest: bool) -> ec.ECDSA:
        if algorithm not in self._spec.algorithms[Usage.SIGN]:
            raise mismatch(self._spec, algorithm)
        return ec.ECDSA(prepared(message, algorithm, digest=digest))


class EcFamily:
    """EC keys: PKCS #8 DER."""

    def supports(self, spec: KeySpec) -> bool:
        """Where the curve is one of ours."""
        return spec.family is Family.EC and spec.curve in _CURVES

    def generate(self, spec: KeySpec) -> KeyPair:
        """A fresh key."""
        return _pair(ec.generate_private_key(_CURVES[spec.curve]))

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """PKCS #8 DER on the spec's curve. Raises ``InvalidKeyMaterial``."""
        try:
            key = load_der_private_key(reveal(material), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise InvalidKeyMaterial(spec=spec.name) from None
        if not _fits(key, spec):
            raise InvalidKeyMaterial(spec=spec.name)
        return _pair(key)

    def open(self, spec: KeySpec, private: KeyMaterial) -> EcHandle:
        """A handle. Raises ``ValueError`` if it is not a key of this spec."""
        key = load_der_private_key(reveal(private), None)
        if not _fits(key, spec):
            msg = "not a key of this spec"
            raise ValueError(msg)
        return EcHandle(spec, key)


def _fits(key: object, spec: KeySpec) -> TypeGuard[ec.EllipticCurvePrivateKey]:
    return isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == spec.curve


def _pair(key: ec.EllipticCurvePrivateKey) -> KeyPair:
    private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(KeyMaterial(private), public)
