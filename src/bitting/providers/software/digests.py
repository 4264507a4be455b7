"""Hashes by name, and which hash an algorithm signs with.

::

    digest("sm3", message)          a hash
    SIGNING[ECDSA_SHA384]           its hash object
    prepared(..., digest=True)      a digest, its length checked

Sources: FIPS 180-4 (SHA-1, SHA-2), GB/T 32905 (SM3).
"""

from __future__ import annotations

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from bitting.core.faults import DigestLengthMismatch, InvalidParameter
from bitting.core.specs import Algorithm

_STANDARD = frozenset({"sha1", "sha224", "sha256", "sha384", "sha512"})

SIGNING: dict[Algorithm, hashes.HashAlgorithm] = {
    Algorithm.RSA_PSS_SHA256: hashes.SHA256(),
    Algorithm.RSA_PSS_SHA384: hashes.SHA384(),
    Algorithm.RSA_PSS_SHA512: hashes.SHA512(),
    Algorithm.RSA_PKCS1_SHA256: hashes.SHA256(),
    Algorithm.RSA_PKCS1_SHA384: hashes.SHA384(),
    Algorithm.RSA_PKCS1_SHA512: hashes.SHA512(),
    Algorithm.ECDSA_SHA256: hashes.SHA256(),
    Algorithm.ECDSA_SHA384: hashes.SHA384(),
    Algorithm.ECDSA_SHA512: hashes.SHA512(),
}
_PREHASHED = {algorithm: Prehashed(kind) for algorithm, kind in SIGNING.items()}


def digest(name: str, message: bytes) -> bytes:
    """The hash ``name`` of ``message``. Raises ``InvalidParameter`` for a name that is not one of ours."""
    if name == "sm3":
        return sm3(message)
    if name not in _STANDARD:
        raise InvalidParameter(parameter="algorithm", reason="enum")
    return hashlib.new(name, message, usedforsecurity=name != "sha1").digest()


def sm3(*parts: bytes) -> bytes:
    """SM3 over the parts, one after the other."""
    context = hashes.Hash(hashes.SM3())
    for part in parts:
        context.update(part)
    return context.finalize()


def prepared(message: bytes, algorithm: Algorithm, *, digest: bool) -> hashes.HashAlgorithm | Prehashed:
    """What to tell the library about ``message``: hash it, or take it as the digest it is.

    Raises ``DigestLengthMismatch`` if it cannot be one.
    """
    kind = SIGNING[algorithm]
    if not digest:
        return kind
    if len(message) != kind.digest_size:
        raise DigestLengthMismatch(algorithm=algorithm.value)
    return _PREHASHED[algorithm]
