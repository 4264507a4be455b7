"""Key providers create, open and destroy keys, in software or in a device.

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
    """Creates, opens and destroys keys. ``binding`` ties wrapped material to account, key, version and spec."""

    name: str

    def supports(self, spec: KeySpec) -> bool:
        """Whether :meth:`create` can make this spec. Asked at create time, never at use time."""
        ...

    def create(self, spec: KeySpec, binding: bytes) -> StoredMaterial:
        """A new key. Raises ``UnsupportedKeySpec``, ``ProviderFailed``."""
        ...

    def import_material(self, spec: KeySpec, material: KeyMaterial, binding: bytes) -> StoredMaterial:
        """Import external material: raw bytes, or PKCS #8 DER for asymmetric specs.

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
