"""PEM armour (RFC 7468): DER in base64 lines of 64 characters between two labelled lines."""

from __future__ import annotations

import base64

PUBLIC_KEY = "PUBLIC KEY"
PRIVATE_KEY = "PRIVATE KEY"
_LINE = 64


def armour(label: str, der: bytes) -> bytes:
    """``der`` between its BEGIN and END lines, a newline at the end of each line, the last included."""
    encoded = base64.b64encode(der).decode()
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()
