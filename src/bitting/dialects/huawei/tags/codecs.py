"""Tags and lists of tags as clients send them; each part has an error of its own.

Sources: Huawei Cloud DEW "Key tag management" and error table rows KMS.0401 to 0418; OTC KMS user manual.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults

KEY_MAX, VALUE_MAX, LIST_MAX = 36, 43, 20
_BAD = frozenset("*<>\\=") | {chr(code) for code in range(32)}


def refuse(parameter: str, reason: str) -> faults.InvalidParameter:
    """The refusal of one part."""
    return faults.InvalidParameter(parameter=parameter, reason=reason)


def tag_key(raw: Any) -> str:
    """A tag's key. Raises ``InvalidParameter``."""
    if not isinstance(raw, str) or not raw or not _BAD.isdisjoint(raw):
        raise refuse("tag.key", "format")
    if len(raw) > KEY_MAX:
        raise refuse("tag.key", "length")
    return raw


def tag_value(raw: Any) -> str:
    """A tag's value; null is the empty value. Raises ``InvalidParameter``."""
    if raw is None:
        return ""
    if not isinstance(raw, str) or not _BAD.isdisjoint(raw):
        raise refuse("tag.value", "format")
    if len(raw) > VALUE_MAX:
        raise refuse("tag.value", "length")
    return raw


def tag_list(raw: Any) -> list[tuple[str, str]]:
    """A list of tags, each with a key of its own. Raises ``InvalidParameter``."""
    if raw is None or raw in ([], ""):
        raise refuse("tags", "empty")
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise refuse("tags", "type")
    if len(raw) > LIST_MAX:
        raise refuse("tags", "size")
    found = [(tag_key(item.get("key")), tag_value(item.get("value"))) for item in raw]
    if len({key for key, _ in found}) < len(found):
        raise refuse("tag.key", "twice")
    return found


class TagList:
    """A list of tags, each with a key of its own, as pairs; nothing in it is no tags."""

    def decode(self, raw: Any) -> list[tuple[str, str]]:
        return tag_list(raw) if raw else []

    def encode(self, value: list[tuple[str, str]]) -> list[dict[str, str]]:
        return [{"key": key, "value": held} for key, held in value]


class TagNames:
    """The key of one tag, as a list of names."""

    def decode(self, raw: Any) -> tuple[str, ...]:
        return (tag_key(raw),)

    def encode(self, value: tuple[str, ...]) -> str:
        return value[0]
