"""HMAC keys: SHA-2 and SM3.

::

    mac(message) ──> copy of a keyed context ──> full-length tag

Sources: RFC 2104, FIPS 198-1; GB/T 15852.2 for SM3. The key is as long as the hash (the spec's row).
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.hmac import HMAC

from bitting.core.faults import KeyMaterialLengthInvalid
from bitting.core.material import KeyMaterial
from bitting.core.ports import KeyPair
from bitting.core.reveal import reveal
from bitting.core.specs import Algorithm, Family, KeySpec, Usage
from bitting.providers.software.handle import Handle

_HASHES: dict[Algorithm, hashes.HashAlgorithm] = {
    Algorithm.HMAC_SHA224: hashes.SHA224(),
    Algorithm.HMAC_SHA256: hashes.SHA256(),
    Algorithm.HMAC_SHA384: hashes.SHA384(),
    Algorithm.HMAC_SHA512: hashes.SHA512(),
    Algorithm.HMAC_SM3: hashes.SM3(),
}


class MacHandle(Handle):
    """An opened HMAC key (``CanMac``). The keyed context is never updated, only copied: thread-safe."""

    __slots__ = ("_keyed",)

    def __init__(self, spec: KeySpec, key: bytes) -> None:
        super().__init__(spec)
        self._keyed = HMAC(key, _HASHES[spec.algorithms[Usage.MAC][0]])

    def mac(self, message: bytes) -> bytes:
        """The full-length HMAC of ``message``."""
        context = self._keyed.copy()
        context.update(message)
        return context.finalize()


class MacFamily:
    """HMAC keys: plain random bytes."""

    def supports(self, spec: KeySpec) -> bool:
        """Always."""
        return spec.family is Family.HMAC

    def generate(self, spec: KeySpec) -> KeyPair:
        """As many random bytes as the hash is long."""
        return KeyPair(KeyMaterial(os.urandom(spec.material_bytes)), b"")

    def accept(self, spec: KeySpec, material: KeyMaterial) -> KeyPair:
        """The bytes as they are. Raises ``KeyMaterialLengthInvalid``."""
        if len(material) != spec.material_bytes:
            raise KeyMaterialLengthInvalid(spec=spec.name)
        return KeyPair(material, b"")

    def open(self, spec: KeySpec, private: KeyMaterial) -> MacHandle:
        """A handle. Raises ``ValueError`` for a wrong length."""
        if len(private) != spec.material_bytes:
            msg = "wrong length"
            raise ValueError(msg)
        return MacHandle(spec, reveal(private))
