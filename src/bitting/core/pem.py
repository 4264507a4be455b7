"""PEM armour (RFC 7468): DER in base64 lines of 64 characters between two labelled lines."""

from __future__ import annotations

import base64

PUBLIC_KEY = "PUBLIC KEY"
PRIVATE_KEY = "PRIVATE KEY"
_LINE = 64


def blocks(label: str, text: str) -> list[bytes]:
    """The DER of every block with that label. Raises ``ValueError`` for a block that is none."""
    begin, end = f"-----BEGIN {label}-----", f"-----END {label}-----"
    found = []
    for part in text.split(begin)[1:]:
        body, closed, _ = part.partition(end)
        if not closed:
            msg = f"a {label} block does not end"
            raise ValueError(msg)
        found.append(base64.b64decode("".join(body.split()), validate=True))
    return found


def armour(label: str, der: bytes) -> bytes:
    """``der`` between its BEGIN and END lines, a newline at the end of each line, the last included."""
    encoded = base64.b64encode(der).decode()
    lines = [encoded[start : start + _LINE] for start in range(0, len(encoded), _LINE)]
    return "\n".join((f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", "")).encode()
