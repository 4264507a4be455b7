"""What a plaintext is to an API whose plaintexts are strings, and to one whose data keys are bytes.

::

    sealed as                       as a string             as a data key of n bytes
    the bytes of a string           that string             what it spells in base64, if that is n bytes
    bytes                           their base64 text       those bytes

Some APIs seal the string that the caller sent and, for a data key, its base64 text; others seal the bytes. A bare body
and a blob with the text mark (:mod:`bitting.core.blob`) hold strings, everything else holds bytes, so that the answer
depends on the layout and never on what the bytes happen to look like. The one exception: bytes in a bare body that
are no UTF-8, which no string API can have sealed, are shown in base64.
"""

from __future__ import annotations

import binascii
from base64 import b64encode


def as_string(plaintext: bytes, *, text: bool) -> str:
    """The plaintext as a string. ``text``: it was sealed as the bytes of one."""
    if text:
        try:
            return plaintext.decode()
        except UnicodeDecodeError:
            pass
    return b64encode(plaintext).decode()


def as_bytes(plaintext: bytes, *, text: bool) -> bytes:
    """The bytes that the plaintext stands for: what a string spells in base64, if base64 would spell it exactly so."""
    spelled = _spelled(plaintext) if text else None
    return plaintext if spelled is None else spelled


def data_key(plaintext: bytes, length: int) -> bytes | None:
    """The data key of ``length`` bytes that was sealed as it is or as its base64 text; None if there is none."""
    if len(plaintext) == length:
        return plaintext
    spelled = _spelled(plaintext) if len(plaintext) == (length + 2) // 3 * 4 else None
    return spelled if spelled is not None and len(spelled) == length else None


def is_base64(plaintext: bytes) -> bool:
    """Whether it is exactly what base64 spells something as."""
    return _spelled(plaintext) is not None


def _spelled(plaintext: bytes) -> bytes | None:
    try:
        spelled = binascii.a2b_base64(plaintext, strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    return spelled if b64encode(spelled) == plaintext else None
