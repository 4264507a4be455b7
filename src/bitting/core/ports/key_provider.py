"""Key providers make, open and destroy keys: software, or a device.

::

    KeyProvider ── create()/import_material() ──> StoredMaterial ── open() ──> KeyHandle
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bitting.core.material import KeyMaterial
from bitting.core.ports.key_handle import KeyHandle
from bitting.core.specs import KeySpec


@dataclass(frozen=True, slots=True)
class StoredMaterial:
    """What a provider needs back to open a key: wrapped bytes (or a device's reference) and the public part."""

    wrapped: bytes
    public: bytes = b""


class KeyProvider(Protocol):
    """Makes, opens and destroys keys. ``binding`` ties wrapped material to account, key, version and spec.

    ``name``: what a key record keeps; never reused for another provider.
    ``protection_levels``: what the keys it makes are protected by: ``software``, ``hsm``.
    ``may_block``: a call of this provider or of its handles may wait for a device. The key cache then
    keeps such keys off the event loop.
    """

    name: str
    protection_levels: frozenset[str]
    may_block: bool

    def supports(self, spec: KeySpec) -> bool:
        """Whether :meth:`create` can make this spec. Asked at create time, never at use time."""
        ...

    def create(self, spec: KeySpec, binding: bytes) -> StoredMaterial:
        """A new key. Raises ``UnsupportedKeySpec``, ``ProviderFailed``."""
        ...

    def import_material(self, spec: KeySpec, material: KeyMaterial, binding: bytes) -> StoredMaterial:
        """Take in outside material: raw bytes, or PKCS #8 DER for asymmetric specs.

        Raises ``KeyMaterialLengthInvalid`` or ``InvalidKeyMaterial``.
        """
        ...

    def open(self, spec: KeySpec, stored: StoredMaterial, binding: bytes) -> KeyHandle:
        """A handle to use. Raises ``ProviderFailed`` if the material does not unwrap under this binding."""
        ...

    def destroy(self, stored: StoredMaterial) -> None:
        """Forget a key for good (a device erases its object; wrapped bytes are erased by the store)."""
        ...

    def status(self) -> None:
        """Return if keys can be used now. Raises ``Unavailable`` otherwise."""
        ...
