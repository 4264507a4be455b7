"""How the SDKs spell the wire's names."""

from __future__ import annotations

import re


def snake(name: str) -> str:
    """``KeyId`` as ``key_id``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
