"""The single way to the bytes of key material. Importing this module is the visible act."""

from __future__ import annotations

from bitting.core.material import KeyMaterial


def reveal(material: KeyMaterial) -> bytes:
    """The secret bytes. The caller must not log, store unwrapped or return them across the gate."""
    return material._bytes  # noqa: SLF001 - this is the door
