"""Codecs of this API alone: key references, lenient plaintext, encryption contexts, filters, tags.

::

    "alias/a" | id                -> KeyRef          (ARNs are made local by the dialect before this)
    "aGVsbG8=" | "hello, world"   -> the bytes of the string
    {"b":"2","a":"1"}             -> b'{"a":"1","b":"2"}'   additional authenticated data
"""

from __future__ import annotations

import re
from typing import Any, NoReturn

import msgspec

from bitting.core import faults
from bitting.core.encryption_context import canonicalise
from bitting.core.model.key import KeyRef
from bitting.core.texts import as_bytes
from bitting.dialects.base.codecs import InvalidWireValue, encode_refused
from bitting.wire import strict_json

KEY_ID_MAX = 256
PLAINTEXT_BYTES_MAX = 6144
CONTEXT_MAX = 8192
TAGS_MAX = 20

_context = strict_json.Decoder(dict[str, str])
_INTERVAL = re.compile(r"([0-9]{1,9})([dhms])", re.ASCII)
_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_ALIAS = re.compile(r"alias/[A-Za-z0-9_/-]+", re.ASCII)
_TAG = re.compile(r"[A-Za-z0-9/\\_.+=:@-]{1,128}", re.ASCII)


class AnyKey:
    """A key id or an alias."""

    def decode(self, raw: str) -> KeyRef:
        if len(raw) > KEY_ID_MAX or not raw.isascii() or not raw.isprintable():
            raise InvalidWireValue("format")
        return KeyRef("alias" if raw.startswith("alias/") else "id", raw)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class OnlyKeyId(AnyKey):
    """A key id; an alias raises ``UnsupportedAlias``."""

    def decode(self, raw: str) -> KeyRef:
        ref = super().decode(raw)
        if ref.kind == "alias":
            raise faults.UnsupportedAlias(resource=raw)
        return ref


class AliasName:
    """``alias/`` and at least one of letters, digits, ``_ - /``; 255 characters in all.

    ``reserved``: whether names under ``alias/acs`` are let through (nobody may make one).
    """

    def __init__(self, *, reserved: bool) -> None:
        self._reserved = reserved

    def decode(self, raw: str) -> str:
        if len(raw) > 255:  # the SDKs' text counts the prefix, the help page does not; the SDKs are newer
            raise InvalidWireValue("length")
        if not _ALIAS.fullmatch(raw) or (raw.startswith("alias/acs") and not self._reserved):
            raise InvalidWireValue("format")
        return raw

    def encode(self, value: str) -> str:
        return value


class Plaintext:
    """Documented as base64, sent as anything, and encrypted as it is: the bytes of the string.

    The transfer SDKs seal and return strings without a base64 step, so that a ciphertext passes between them and
    this API only if this API does the same. At most 6144 bytes, counted as documented: those that a string in
    base64 stands for, those of any other string.
    """

    def decode(self, raw: str) -> bytes:
        data = raw.encode()
        if len(data) > PLAINTEXT_BYTES_MAX and len(as_bytes(data, text=True)) > PLAINTEXT_BYTES_MAX:
            raise InvalidWireValue("length")
        return data

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class EncryptionContext:
    """A JSON object of strings as AAD, in the form of :mod:`bitting.core.encryption_context`."""

    def decode(self, raw: str) -> bytes:
        if len(raw) > CONTEXT_MAX:
            raise InvalidWireValue("length")
        try:
            pairs = _context.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        return canonicalise(pairs)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class Interval:
    """``365d``, ``24h``, ``90m``, ``604800s``: seconds inside, ``604800s`` outside."""

    def __init__(self, least_s: int, most_s: int) -> None:
        self._least, self._most = least_s, most_s

    def decode(self, raw: str) -> int:
        found = _INTERVAL.fullmatch(raw)
        if found is None:
            raise InvalidWireValue("format")
        seconds = int(found[1]) * _SECONDS[found[2]]
        if not self._least <= seconds <= self._most:
            raise InvalidWireValue("range")
        return seconds

    def encode(self, value: int) -> str:
        return f"{value}s"


class RefusedParameter:
    """A parameter whose promise this server cannot keep: given at all, it is refused, not ignored."""

    def decode(self, _raw: Any) -> NoReturn:
        raise InvalidWireValue("unserved")

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class _Tag(msgspec.Struct, rename={"key": "TagKey", "value": "TagValue"}):
    key: str
    value: str = ""


_tags = strict_json.Decoder(list[_Tag])


class Tags:
    """``[{"TagKey": .., "TagValue": ..}]``, at most 20, keys unique: pairs."""

    def decode(self, raw: str) -> tuple[tuple[str, str], ...]:
        try:
            tags = _tags.decode(raw)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None
        if len(tags) > TAGS_MAX or len({tag.key for tag in tags}) != len(tags):
            raise InvalidWireValue("length")
        for tag in tags:
            if not _TAG.fullmatch(tag.key) or (tag.value and not _TAG.fullmatch(tag.value)):
                raise InvalidWireValue("format")
            if tag.key.startswith(("aliyun", "acs:")):
                raise InvalidWireValue("format")
        return tuple((tag.key, tag.value) for tag in tags)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)
