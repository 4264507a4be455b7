"""Which kind of key serves which family.

::

    Kinds(library).of(spec) ──> SymmetricKind | RsaKind | EcKind | Ed25519Kind | MacKind | Sm2Kind
"""

from __future__ import annotations

from bitting.core.faults import UnsupportedKeySpec
from bitting.core.specs import Family, KeySpec
from bitting.providers.software.aead import SymmetricKind
from bitting.providers.software.ec import EcKind
from bitting.providers.software.ed25519 import Ed25519Kind
from bitting.providers.software.handle import KeyKind
from bitting.providers.software.libcrypto import Libcrypto
from bitting.providers.software.mac import MacKind
from bitting.providers.software.rsa import RsaKind
from bitting.providers.software.sm2 import Sm2Kind


class Kinds:
    """One of each kind, made once. ``library`` is None where the system has no usable libcrypto."""

    __slots__ = ("_by_family", "ed25519", "sm2")

    def __init__(self, library: Libcrypto | None) -> None:
        self.sm2 = Sm2Kind(library)
        self.ed25519 = Ed25519Kind(library)
        symmetric = SymmetricKind()
        self._by_family: dict[Family, KeyKind] = {
            Family.AES: symmetric,
            Family.SM4: symmetric,
            Family.RSA: RsaKind(),
            Family.EC: EcKind(),
            Family.SM2: self.sm2,
            Family.ED25519: self.ed25519,
            Family.HMAC: MacKind(),
        }

    def supports(self, spec: KeySpec) -> bool:
        """Whether keys of ``spec`` can be made here and now."""
        kind = self._by_family.get(spec.family)
        return kind is not None and kind.supports(spec)

    def of(self, spec: KeySpec) -> KeyKind:
        """The kind. Raises ``UnsupportedKeySpec``."""
        if not self.supports(spec):
            raise UnsupportedKeySpec(spec=spec.name)
        return self._by_family[spec.family]
