"""Tags: what makes them good, told piece by piece, each with an error of its own; and how they are shown.

Sources: Huawei Cloud DEW "Key tag management" and error table rows KMS.0401 to 0418; OTC KMS user manual.
"""

from __future__ import annotations

from typing import Any

from bitting.core.model.tag import Tag
from bitting.core.usecases.keys import tags
from bitting.core.usecases.keys.tag_search import KeysWithTags, TagValues
from bitting.dialects.base.codecs import Integer, InvalidWireValue
from bitting.dialects.huawei.keys.operations import DETAILS
from bitting.dialects.huawei.rows import Answer, HuaweiCall
from bitting.dialects.huawei.tags.lists import pairs, refuse, tag_key, tag_value

MATCH_MOST, FILTER_MOST, VALUES_MOST = 255, 10, 10


def one(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """One tag, in an object of its own."""
    raw = arguments.pop("tag", None)
    if not isinstance(raw, dict):
        raise refuse("tag", "type")
    arguments["tags"] = [(tag_key(raw.get("key")), tag_value(raw.get("value")))]


def many(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
    """A batch: to set, or to take away."""
    action = arguments.pop("action", None)
    if action not in ("create", "delete"):
        raise refuse("action", "enum")
    found = pairs(arguments.pop("tags", None))
    if action == "delete":
        arguments["names"] = [key for key, _ in found]
    else:
        arguments["tags"] = found


def removed(arguments: dict[str, Any], call: HuaweiCall) -> None:
    """The key is the rest of the path."""
    arguments["names"] = (tag_key(call.path_values["key"]),)


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
    if len(raw) > FILTER_MOST:
        raise refuse("tags", "size")
    found = []
    for item in raw:
        values = item.get("values") or []
        if not isinstance(values, list):
            raise refuse("tag.value", "format")
        if len(values) > VALUES_MOST:
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
        if not isinstance(value, str) or not 0 < len(value) <= MATCH_MOST:
            raise refuse("matches.value", "length")
    return [item["value"] for item in raw]


def instances(arguments: dict[str, Any], call: HuaweiCall) -> None:  # noqa: ARG001 - a shape's signature
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


def _shown(found: Any) -> list[dict[str, str]]:
    return [{"key": tag.key, "value": tag.value} for tag in found]


def of_key(found: tags.TagList, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - the signature of content
    """A key's tags and their number."""
    return {"tags": _shown(found.tags), "existTagsNum": len(found.tags)}


def of_project(found: TagValues, call: HuaweiCall) -> dict[str, Any]:  # noqa: ARG001 - as above
    """Every tag name with its values."""
    return {"tags": [{"key": key, "values": values} for key, values in found.values.items()]}


def found(page: KeysWithTags, call: HuaweiCall) -> dict[str, Any]:
    """Keys with their details and tags; for a count the number alone."""
    if call.values.get("action") == "count":
        return {"total_count": page.total}
    assert call.principal is not None  # noqa: S101 - identify has run
    principal = call.principal

    def resource(key: Any) -> dict[str, Any]:
        tagged: list[Tag] = list(page.tags.get(key.id, ()))
        return {
            "resource_id": key.id,
            "resource_detail": DETAILS.encode(Answer(key, principal, call.region)),
            "resource_name": key.name or key.id,
            "tags": _shown(tagged),
        }

    return {"resources": [resource(key) for key in page.keys], "total_count": page.total}
