"""Material at rest: AES-256-GCM under keys derived from the root key.

::

    wrapped = 02 | iv (12) | ciphertext | tag (16)           n + 29
    key     = HKDF-SHA256(root key, info = wrap label | domain label)
    AAD     = domain label | binding                         label ends in a zero byte

The first byte is the format; 01, which is still read, is the same under the root key itself. The label keeps keys and
the vault's small secrets apart: one never opens as the other. The binding is the caller's (account, key, version,
spec), so wrapped bytes moved to another record do not open there. IVs are random: NIST SP 800-38D section 8.3 allows
2^32 wraps of each kind under one root key.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bitting.core.faults import ProviderFailed, Unavailable
from bitting.core.material import KeyMaterial
from bitting.core.ports import Seal
from bitting.core.reveal import reveal

ROOT_KEY_BYTES = 32
KEY_LABEL = b"bitting/key/1\x00"
SECRET_LABEL = b"bitting/secret/1\x00"
FINGERPRINT_LABEL = b"bitting/fingerprint/1\x00"
CHECK_LABEL = b"bitting/check/1\x00"
RECORD_LABEL = b"bitting/record/1\x00"

WRAP_LABEL = b"bitting/wrap/2\x00"

_FORMAT, _FORMER_FORMAT = b"\x02", b"\x01"
_IV_BYTES = 12
_OVERHEAD = 1 + _IV_BYTES + 16


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class _RootKeys:
    """What is made once of a root key: the cached cipher and the keys for other purposes (HKDF, RFC 5869)."""

    source: KeyMaterial
    former: AESGCM
    ciphers: Mapping[bytes, AESGCM]
    fingerprint: KeyMaterial
    check: KeyMaterial
    record: KeyMaterial


class RootWrap:
    """Wraps and unwraps under the seal's root key. Thread-safe.

    The seal is asked every time (it answers from memory), so closing it, or giving it another root
    key, takes effect at once; the cipher object is made anew only when the key's box changes.
    """

    __slots__ = ("_keys", "_seal")

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._keys: _RootKeys | None = None

    def __reduce__(self) -> NoReturn:
        msg = "the root key is not pickled"
        raise TypeError(msg)

    def ready(self) -> None:
        """Return if the root key is there. Raises ``Unavailable`` otherwise."""
        self._current()

    def wrap(self, label: bytes, secret: KeyMaterial, binding: bytes) -> bytes:
        """``secret`` in the format above."""
        iv = os.urandom(_IV_BYTES)
        return _FORMAT + iv + self._current().ciphers[label].encrypt(iv, reveal(secret), label + binding)

    def unwrap(self, label: bytes, wrapped: bytes, binding: bytes) -> KeyMaterial:
        """The secret back. Raises ``ProviderFailed`` for changed bytes, another label or another binding."""
        keys, form = self._current(), wrapped[:1]
        if len(wrapped) < _OVERHEAD or form not in {_FORMAT, _FORMER_FORMAT}:
            raise ProviderFailed(reason="wrapped material has an unknown format")
        iv, sealed = wrapped[1 : 1 + _IV_BYTES], wrapped[1 + _IV_BYTES :]
        cipher = keys.ciphers[label] if form == _FORMAT else keys.former
        try:
            return KeyMaterial(cipher.decrypt(iv, sealed, label + binding))
        except InvalidTag:
            raise ProviderFailed(reason="wrapped material does not open under this binding") from None

    def fingerprint(self, secret: KeyMaterial, binding: bytes) -> bytes:
        """HMAC-SHA256 under a key derived from the root key, over length-prefixed binding and secret."""
        message = b"".join((FINGERPRINT_LABEL, len(binding).to_bytes(8, "big"), binding, reveal(secret)))
        return hmac.digest(reveal(self._current().fingerprint), message, "sha256")

    def check_value(self, about: bytes) -> bytes:
        """What tells this root key from another: HMAC-SHA256 of ``about`` under a key derived for nothing else."""
        return hmac.digest(reveal(self._current().check), about, "sha256")

    def record_code(self, text: bytes) -> bytes:
        """The authentication code of a stored record: HMAC-SHA256 under a key derived for nothing else."""
        return hmac.digest(reveal(self._current().record), text, "sha256")

    def _current(self) -> _RootKeys:
        try:
            source = self._seal.root_key()
        except Unavailable:
            self._keys = None  # sealed: what was made of the key goes as well
            raise
        keys = self._keys
        if keys is None or keys.source is not source:
            keys = self._keys = _derive(source)
        return keys


def _derive(source: KeyMaterial) -> _RootKeys:
    if len(source) != ROOT_KEY_BYTES:
        raise Unavailable(reason="the root key is not 32 bytes")
    root = reveal(source)

    def subkey(label: bytes) -> KeyMaterial:
        return KeyMaterial(HKDF(hashes.SHA256(), ROOT_KEY_BYTES, salt=None, info=label).derive(root))

    ciphers = {label: AESGCM(reveal(subkey(WRAP_LABEL + label))) for label in (KEY_LABEL, SECRET_LABEL)}
    return _RootKeys(
        source, AESGCM(root), ciphers, subkey(FINGERPRINT_LABEL), subkey(CHECK_LABEL), subkey(RECORD_LABEL)
    )
