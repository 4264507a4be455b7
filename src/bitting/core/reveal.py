"""The single way to the bytes of key material. Importing this module is the visible act.

Who may is an allow-list in ``pyproject.toml``; each entry has its reason in ``tests/house/test_reveal.py``.
"""

from __future__ import annotations

from bitting.core.material import KeyMaterial


def reveal(material: KeyMaterial) -> bytes:
    """The secret bytes. The caller must not log, store unwrapped or return them across the gate."""
    return material._bytes  # noqa: SLF001 - this is the door
