"""Where the root key comes from."""

from __future__ import annotations

from typing import Protocol

from bitting.core.material import KeyMaterial


class Seal(Protocol):
    """Where the root key comes from."""

    def root_key(self) -> KeyMaterial:
        """32 bytes. Raises ``Unavailable`` while sealed."""
        ...
