"""Codecs of tags: lists of keys and pairs, and where a page of tags goes on.

::

    Tag.1.Key=a&Tag.1.Value=b          -> (("a", "b"),)
    TagKeys=a,b  |  ["a","b"]          -> ("a", "b")
    NextToken=<base64url>              -> where the last page ended
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, NoReturn

import msgspec

from bitting.core.model.tag import SEPARATOR
from bitting.core.usecases.keys.tags import TagFilter
from bitting.dialects.base.codecs import InvalidWireValue, encode_refused
from bitting.wire import strict_json

TAGS_MAX = 20
_WORD = re.compile(r"[A-Za-z0-9/\\_.+=:@-]{1,128}", re.ASCII)
_RESERVED = ("aliyun", "acs:")
_strings = strict_json.Decoder(list[str])


def tag_key(raw: str) -> str:
    """A tag's key. Raises ``InvalidWireValue``."""
    if not _WORD.fullmatch(raw) or raw.startswith(_RESERVED):
        raise InvalidWireValue("format")
    return raw


class TagPairs:
    """Items with ``Key`` and, if it is not empty, ``Value``: pairs, keys unique, at most 20."""

    def decode(self, raw: Any) -> tuple[tuple[str, str], ...]:
        if not isinstance(raw, list):
            raise InvalidWireValue("type")
        pairs = [(tag_key(item.get("Key", "")), item.get("Value", "")) for item in raw]
        if len(pairs) > TAGS_MAX or len(dict(pairs)) != len(pairs):
            raise InvalidWireValue("length")
        for _, value in pairs:
            if value and not _WORD.fullmatch(value):
                raise InvalidWireValue("format")
        return tuple(pairs)

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class TagFilters:
    """Tags that must all be there; one without a value may have any."""

    _pairs = TagPairs()

    def decode(self, raw: Any) -> tuple[TagFilter, ...]:
        return tuple(TagFilter(key, (value,) if value else ()) for key, value in self._pairs.decode(raw))

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class TagKeys:
    """Tag keys: a gathered list, a JSON array, or text with commas between; at most 20."""

    def decode(self, raw: Any) -> tuple[str, ...]:
        if isinstance(raw, str):
            raw = self._split(raw)
        keys = tuple(tag_key(key) for key in raw)
        if not keys or len(keys) > TAGS_MAX:
            raise InvalidWireValue("length")
        return keys

    @staticmethod
    def _split(text: str) -> list[str]:
        if not text.startswith("["):
            return text.split(",")
        try:
            return _strings.decode(text)
        except msgspec.DecodeError:
            raise InvalidWireValue("format") from None

    def encode(self, value: Any) -> NoReturn:
        encode_refused(value)


class NextToken:
    """Where a page of tags goes on: the last resource and key seen, as text that clients do not read."""

    def decode(self, raw: str) -> str:
        try:
            text = base64.b64decode(raw, altchars=b"-_", validate=True).decode()
        except (binascii.Error, ValueError):
            raise InvalidWireValue("format") from None
        if text.count(SEPARATOR) != 1:
            raise InvalidWireValue("format")
        return text

    def encode(self, value: str) -> str:
        return base64.urlsafe_b64encode(value.encode()).decode()
