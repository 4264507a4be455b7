"""Key material: bytes that must not be shown by accident.

``KeyMaterial`` has no useful ``repr``, no ``==``, no pickle, no iteration, no format. The one way
to the bytes is :func:`bitting.core.reveal.reveal`, which only providers and the material use case
may import (an import contract checks this).
"""

from __future__ import annotations

from typing import NoReturn


class KeyMaterial:
    """A container for secret bytes: 1 to 16384 bytes, owned by its creator."""

    __slots__ = ("_bytes",)

    def __init__(self, secret: bytes) -> None:
        self._bytes = secret

    def __len__(self) -> int:
        return len(self._bytes)

    def __repr__(self) -> str:
        return "<KeyMaterial>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<KeyMaterial>"

    def __eq__(self, other: object) -> NoReturn:
        msg = "key material is compared inside a provider, in constant time"
        raise TypeError(msg)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        msg = "key material is not pickled"
        raise TypeError(msg)
