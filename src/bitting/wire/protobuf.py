"""Protocol Buffers bodies: bytes to the fields that were set, fields back to bytes.

::

    fields(EncryptRequest, body) -> {"KeyId": "...", "Plaintext": b"..."}     absent and default are one
    pack(EncryptResponse, {...}) -> body

In proto3 a field that holds its default (empty, zero, false) is not on the wire, so it is not in the result.
Unknown field numbers are skipped, as the format wants it; text that is not UTF-8 is malformed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from google.protobuf.message import DecodeError, Message

from bitting.core.faults import MalformedBody


def fields(kind: type[Message], body: bytes) -> dict[str, Any]:
    """The fields of ``body`` that are set, by name. Raises ``MalformedBody``."""
    try:
        message = kind.FromString(body)
    except DecodeError:
        raise MalformedBody from None
    return {descriptor.name: value for descriptor, value in message.ListFields()}


def pack(kind: type[Message], values: Mapping[str, Any]) -> bytes:
    """The message with these fields as bytes. ``values`` must fit the message's types."""
    return kind(**values).SerializeToString()


def text(value: str) -> str:
    """``value`` as a string field can carry it: what is no Unicode text (a stray surrogate) becomes ``?``."""
    return value.encode(errors="replace").decode()
