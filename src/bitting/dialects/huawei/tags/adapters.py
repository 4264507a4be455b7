"""Tags and searches by tags: what no single field can check, each part with an error of its own.

Sources: Huawei Cloud DEW "Key tag management" and error table rows KMS.0401 to 0418; OTC KMS user manual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bitting.core.model.key import Key
from bitting.core.model.tag import Tag
from bitting.core.usecases.keys import tags
from bitting.core.usecases.keys.tag_search import KeysWithTags
from bitting.dialects.base.codecs import Integer, InvalidWireValue
from bitting.dialects.huawei.rows import Answer, HuaweiCall
from bitting.dialects.huawei.tags.codecs import refuse, tag_key, tag_list, tag_value

MATCH_MAX, FILTER_MAX, VALUES_MAX = 255, 10, 10


@dataclass(slots=True)
class TaggedKey:
    """One key found: as an answer of its own, with its tags."""

    key: Answer[Key]
    tags: Sequence[Tag]


@dataclass(slots=True)
class TaggedPage:
    """``resources`` is None where only the number was asked for."""

    resources: Sequence[TaggedKey] | None
    total: int


def one_tag(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """One tag, in an object of its own."""
    raw = arguments.pop("tag", None)
    if not isinstance(raw, dict):
        raise refuse("tag", "type")
    arguments["tags"] = [(tag_key(raw.get("key")), tag_value(raw.get("value")))]


def tag_batch(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """Several tags, to set or to remove."""
    action = arguments.pop("action", None)
    if action not in ("create", "delete"):
        raise refuse("action", "enum")
    found = tag_list(arguments.pop("tags", None))
    if action == "delete":
        arguments["names"] = [key for key, _ in found]
    else:
        arguments["tags"] = found


def _number(arguments: dict[str, Any], name: str, least: int, most: int, default: int) -> int:
    raw = arguments.pop(name, None)
    if raw is None:
        return default
    try:
        return Integer(least, most).decode(raw)
    except InvalidWireValue as unreadable:
        raise refuse(name, unreadable.reason) from None


def _wanted(raw: Any) -> list[tags.TagFilter]:
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise refuse("tag", "type")
    if len(raw) > FILTER_MAX:
        raise refuse("tags", "size")
    found = []
    for item in raw:
        values = item.get("values") or []
        if not isinstance(values, list):
            raise refuse("tag.value", "format")
        if len(values) > VALUES_MAX:
            raise refuse("tags.values", "size")
        found.append(tags.TagFilter(tag_key(item.get("key")), tuple(tag_value(value) for value in values)))
    if len({item.key for item in found}) < len(found):
        raise refuse("tag.key", "twice")
    return found


def _names(raw: Any) -> list[str] | None:
    if raw is None or raw == []:
        return None
    if not isinstance(raw, list) or not all(isinstance(item, dict) for item in raw):
        raise refuse("matches", "type")
    if len({str(item.get("key")) for item in raw}) < len(raw):
        raise refuse("matches", "twice")
    for item in raw:
        value = item.get("value")
        if item.get("key") != "resource_name":
            raise refuse("matches.key", "enum")
        if not isinstance(value, str) or not 0 < len(value) <= MATCH_MAX:
            raise refuse("matches.value", "length")
    return [item["value"] for item in raw]


def search(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - as every adapter
    """Filter or count. Counting has no pages."""
    if arguments.pop("resource_instances") != "resource_instances":
        raise refuse("resource_instances", "enum")
    action = arguments.pop("action", None)
    if action not in ("filter", "count"):
        raise refuse("action", "enum")
    if action == "count" and ("offset" in arguments or "limit" in arguments):
        raise refuse("offset", "unwanted")
    arguments["offset"] = _number(arguments, "offset", 0, 1 << 31, 0)
    arguments["limit"] = _number(arguments, "limit", 1, 1000, 10)
    arguments["wanted"] = _wanted(arguments.pop("tags", None))
    arguments["names"] = _names(arguments.pop("matches", None))


def found(page: KeysWithTags, call: HuaweiCall) -> TaggedPage:
    """Keys with their tags; for a count the number alone."""
    if call.values.get("action") == "count":
        return TaggedPage(None, page.total)
    keys = [TaggedKey(call.answer(key), page.tags.get(key.id, ())) for key in page.keys]
    return TaggedPage(keys, page.total)
