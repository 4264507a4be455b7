"""ECIES_DH_SHA_1_XOR_HMAC: encryption to an elliptic-curve key.

::

    ciphertext = R | EM | D          n + point + 20 bytes
      R   ephemeral public key, uncompressed point (04 | x | y): 65 bytes on a 256-bit curve, 97 on P-384
      EM  plaintext XOR EK
      D   HMAC-SHA-1(MK, EM)
    Z = x coordinate of the ECDH point; EK | MK = X9.63-KDF-SHA-1(Z), EK as long as the plaintext, MK 20 bytes

Source: SEC 1 version 2.0 section 5.1 with ECDH (3.3.1), ANSI-X9.63-KDF on SHA-1 (3.6.1, the KDF2 of
ISO 18033-2), HMAC-SHA-1-160 with 160-bit keys (3.7), the XOR scheme (3.8), SharedInfo1 and
SharedInfo2 empty. The clouds name the scheme and publish no test vector and no length bound.
"""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bitting.core.faults import AsymmetricDecryptionFailed, PlaintextTooLong

#: Ours: what the same clouds allow for SM2, their other elliptic-curve encryption.
PLAINTEXT_BYTES_MAX = 6047

_MAC_BYTES = 20


def encrypt(public: ec.EllipticCurvePublicKey, plaintext: bytes) -> bytes:
    """Ciphertext for the holder of ``public``. Raises ``PlaintextTooLong``."""
    if len(plaintext) > PLAINTEXT_BYTES_MAX:
        raise PlaintextTooLong
    ephemeral = ec.generate_private_key(public.curve)
    masked, mac_key = _mask(ephemeral.exchange(ec.ECDH(), public), plaintext)
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return point + masked + hmac.digest(mac_key, masked, "sha1")


def decrypt(private: ec.EllipticCurvePrivateKey, ciphertext: bytes) -> bytes:
    """The plaintext. Whatever is wrong, the fault is the same ``AsymmetricDecryptionFailed``.

    1. The point is uncompressed and on the curve (the library checks), so it cannot leak the key.
    2. The tag is compared in constant time, before the plaintext is given out.
    """
    point_bytes = 1 + 2 * ((private.curve.key_size + 7) // 8)
    masked, tag = ciphertext[point_bytes:-_MAC_BYTES], ciphertext[-_MAC_BYTES:]
    if len(ciphertext) < point_bytes + _MAC_BYTES or ciphertext[:1] != b"\x04":
        raise AsymmetricDecryptionFailed
    try:
        peer = ec.EllipticCurvePublicKey.from_encoded_point(private.curve, ciphertext[:point_bytes])  # 1
        shared = private.exchange(ec.ECDH(), peer)
    except ValueError:
        raise AsymmetricDecryptionFailed from None
    plaintext, mac_key = _mask(shared, masked)
    if not hmac.compare_digest(tag, hmac.digest(mac_key, masked, "sha1")):  # 2
        raise AsymmetricDecryptionFailed
    return plaintext


def _mask(shared: bytes, text: bytes) -> tuple[bytes, bytes]:
    """(text XOR encryption key, MAC key)."""
    count = len(text)
    kdf = X963KDF(hashes.SHA1(), count + _MAC_BYTES, None)  # noqa: S303 - the scheme's name fixes it
    stream = kdf.derive(shared)
    masked = int.from_bytes(text, "big") ^ int.from_bytes(stream[:count], "big")
    return masked.to_bytes(count, "big"), stream[count:]
