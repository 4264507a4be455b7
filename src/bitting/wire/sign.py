"""Canonical requests: the parts that the clouds' HMAC signatures have in common.

::

    canonical_query    a=1&b=%2B        decoded pairs, sorted, RFC 3986 encoded
    canonical_headers  host:x LF ...    the signed names, in the order the client gives
    instant            2026-11-21T12:00:00Z | 20261121T120000Z  ->  milliseconds since 1970

Sources: Alibaba Cloud "Signature method" V1 and V3, Huawei Cloud "AK/SK signing algorithm"; they agree on
the grammar here and differ in everything around it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
_ESCAPE = {bytes((number,)): f"%{number:02X}".encode() for number in range(256)}
_BLOCK_BYTES = 64


def quote(text: str) -> str:
    """Percent-encode everything but RFC 3986 unreserved characters, upper-case hexadecimal.

    One C-speed replacement for each distinct reserved byte: values are long, their alphabets short.
    """
    data = text.encode(errors="surrogatepass")
    reserved = data.translate(None, _UNRESERVED)
    if not reserved:
        return text
    if b"%" in reserved:  # first: every other replacement brings percent signs in
        data = data.replace(b"%", b"%25")
    for number in set(reserved):
        if number != 0x25:
            byte = bytes((number,))
            data = data.replace(byte, _ESCAPE[byte])
    return data.decode("ascii")


def canonical_query(pairs: Iterable[tuple[str, str]]) -> str:
    """Decoded pairs sorted by name, then value, each ``name=value`` encoded, joined by ``&``."""
    return "&".join([f"{quote(name)}={quote(value)}" for name, value in sorted(pairs)])


def canonical_headers(names: Iterable[str], headers: Mapping[str, str]) -> str:
    """``name:value`` and a line feed for each name (lower case) in the order given; values without outer spaces.

    Raises ``KeyError`` with the name of a header that is not there.
    """
    return "".join([f"{name}:{headers[name].strip()}\n" for name in names])


def parse_instant(text: str) -> int | None:
    """Milliseconds since 1970 of an ISO 8601 moment in UTC, extended or basic, with or without fraction.

    None if it is anything else; a zone other than ``Z`` is something else.
    """
    if not 16 <= len(text) <= 32 or text[-1] != "Z" or "T" not in text or not text.isascii():
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(moment.astimezone(UTC).timestamp() * 1000)


def hmac_with(digest: Callable[[bytes], bytes], key: bytes, message: bytes) -> bytes:
    """HMAC (RFC 2104) over any hash with 64-byte blocks, for hashes the interpreter may lack (SM3)."""
    if len(key) > _BLOCK_BYTES:
        key = digest(key)
    key = key.ljust(_BLOCK_BYTES, b"\0")
    inner = digest(bytes(byte ^ 0x36 for byte in key) + message)
    return digest(bytes(byte ^ 0x5C for byte in key) + inner)
