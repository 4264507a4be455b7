"""Which kind of key serves which family.

::

    Kinds(library).of(spec) ──> SymmetricKind | RsaKind | EcKind | Ed25519Kind | MacKind | Sm2Kind
"""

from __future__ import annotations

from bitting.core.faults import UnsupportedKeySpec
from bitting.core.specs import Family, KeySpec
from bitting.providers.software.aead import SymmetricFamily
from bitting.providers.software.ec import EcFamily
from bitting.providers.software.ed25519 import Ed25519Family
from bitting.providers.software.handle import KeyFamily
from bitting.providers.software.libcrypto import Libcrypto
from bitting.providers.software.mac import MacFamily
from bitting.providers.software.rsa import RsaFamily
from bitting.providers.software.sm2 import Sm2Family


class KeyFamilies:
    """One of each kind, made once. ``library`` is None where the system has no usable libcrypto."""

    __slots__ = ("_by_family", "ed25519", "sm2")

    def __init__(self, library: Libcrypto | None) -> None:
        self.sm2 = Sm2Family(library)
        self.ed25519 = Ed25519Family(library)
        symmetric = SymmetricFamily()
        self._by_family: dict[Family, KeyFamily] = {
            Family.AES: symmetric,
            Family.SM4: symmetric,
            Family.RSA: RsaFamily(),
            Family.EC: EcFamily(),
            Family.SM2: self.sm2,
            Family.ED25519: self.ed25519,
            Family.HMAC: MacFamily(),
        }

    def supports(self, spec: KeySpec) -> bool:
        """Whether keys of ``spec`` can be made here and now."""
        kind = self._by_family.get(spec.family)
        return kind is not None and kind.supports(spec)

    def of(self, spec: KeySpec) -> KeyFamily:
        """The kind. Raises ``UnsupportedKeySpec``."""
        if not self.supports(spec):
            raise UnsupportedKeySpec(spec=spec.name)
        return self._by_family[spec.family]
