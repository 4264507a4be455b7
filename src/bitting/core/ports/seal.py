"""The source of the root key."""

from __future__ import annotations

from typing import Protocol

from bitting.core.material import KeyMaterial


class Seal(Protocol):
    """The source of the root key."""

    def root_key(self) -> KeyMaterial:
        """32 bytes. Raises ``Unavailable`` while sealed."""
        ...
