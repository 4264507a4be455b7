"""How records are chained: the bytes of a line, and what a signature covers.

::

    {"seq":7,"prev":"<SHA-256 of line 6>","time_ms":...}      seq counts from 1 through all segments
    head                                                        (seq, SHA-256) of the last line

A line that was changed, dropped, inserted or moved breaks the chain at the next line. The end of the chain has no next
line: the signed head beside the segments says where it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import msgspec

FIRST = "0" * 64
_PREFIX = b'{"seq":%d,"prev":"%s",'


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: number and digest of the last line; (0, 64 zeros) before the first."""

    seq: int = 0
    digest: str = FIRST


class Link(msgspec.Struct, forbid_unknown_fields=False):
    """What every line begins with."""

    seq: int
    prev: str


_link = msgspec.json.Decoder(Link)


def append(head: Head, payload: bytes) -> tuple[bytes, Head]:
    """The line, without its end, that holds ``payload`` (a JSON object with a field or more) and the head after it."""
    seq = head.seq + 1
    line = _PREFIX % (seq, head.digest.encode()) + payload[1:]
    return line, Head(seq, sha256(line).hexdigest())


def read_link(line: bytes) -> Link | None:
    """Number and predecessor that a line claims; None for what is no line of a chain."""
    try:
        found = _link.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if line.startswith(_PREFIX % (found.seq, found.prev.encode())) else None


def head_of(line: bytes, seq: int) -> Head:
    """The head that a line makes."""
    return Head(seq, sha256(line).hexdigest())


def signed_text(purpose: str, head: Head, time_ms: int) -> bytes:
    """What the audit key signs. ``purpose``: ``head`` or ``checkpoint``, so that neither passes for the other."""
    return f"bitting audit {purpose} 1\n{head.seq}\n{head.digest}\n{time_ms}\n".encode()
