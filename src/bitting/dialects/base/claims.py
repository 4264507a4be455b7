"""Who a caller said to be who was not believed: what the audit trail keeps of it.

A name is kept as sent, printable characters only; of a token or other bearer of rights only a digest, so that the
trail can be compared with a token and never used as one.
"""

from __future__ import annotations

from hashlib import sha256

_LENGTH_MAX = 128


def name(text: str) -> str:
    """An access key id or user name as sent, made printable."""
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_LENGTH_MAX])


def token(text: str) -> str:
    """``token:`` and 16 hexadecimal digits of its SHA-256; empty for no token."""
    return f"token:{sha256(text.encode(errors='surrogatepass')).hexdigest()[:16]}" if text else ""


def authorization(header: str) -> str:
    """The access key of ``Access=<id>`` or ``Credential=<id>/...`` in a signature header; empty if there is none."""
    for part in header.partition(" ")[2].split(","):
        field, _, value = part.strip().partition("=")
        if field in {"Access", "Credential"}:
            return name(value.partition("/")[0])
    return ""
