"""Tags of keys, and keys by their tags.

Sources: Huawei Cloud DEW API reference "Key tag management", Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.keys import tag_search, tags
from bitting.dialects.base.codecs import EncodeOnly, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.codecs import AnyJson, Derived
from bitting.dialects.huawei.fields import BASE, KEY, located_row
from bitting.dialects.huawei.keys.details import DETAILS
from bitting.dialects.huawei.rows import Refusal, Row
from bitting.dialects.huawei.tags import adapters
from bitting.dialects.huawei.tags.codecs import TagNames

_RAW, _TEXT = AnyJson(), Text()
_STRICT = {"strict": True}
_ONE_KEY = BASE + "{key_id}/tags"
_TAGS = Items(Record(Field("key", _TEXT, of="key"), Field("value", _TEXT, of="value")))
_VALUES = Items(
    Record(Field("key", EncodeOnly(lambda item: item[0])), Field("values", EncodeOnly(lambda item: item[1])))
)
_RESOURCE = Record(
    Field("resource_id", _TEXT, of="key.result.id"),
    Field("resource_detail", DETAILS, of="key"),
    Field("resource_name", EncodeOnly(lambda key: key.name or key.id), of="key.result"),
    Field("tags", _TAGS, of="tags"),
)
_WRONG_TYPE = Refusal(faults.InvalidParameter, {"parameter": "resource_type", "reason": "enum"})


def _tag_rows() -> tuple[Row, ...]:
    return (
        located_row(
            "create-tag", "POST", _ONE_KEY, tags.tag_key, KEY, Field("tag", _RAW),
            adapt_request=adapters.one_tag, ok=204,
        ),
        located_row(
            "tags/action", "POST", _ONE_KEY + "/action", tag_search.change,
            KEY, Field("tags", _RAW), Field("action", _RAW), adapt_request=adapters.tag_batch, ok=204,
        ),
        located_row(
            "delete-tag", "DELETE", _ONE_KEY + "/{key*}", tags.untag_key,
            KEY, Field("key", TagNames(), to="names", required=True), given=_STRICT, ok=204,
        ),
        # A tag called "action" has the path of the batch operation.
        located_row(
            "delete-tag/action", "DELETE", _ONE_KEY + "/action", tags.untag_key, KEY,
            given={**_STRICT, "names": ("action",)}, ok=204,
        ),
        located_row(
            "list-key-tags", "GET", _ONE_KEY, tags.list_key_tags, KEY,
            response=(Field("tags", _TAGS, of="result.tags"), Field("existTagsNum", EncodeOnly(len), of="result.tags")),
        ),
        located_row(
            "list-tags", "GET", BASE + "tags", tag_search.list_all_tags,
            response=(Field("tags", Derived(lambda values: list(values.items()), _VALUES), of="result.values"),),
        ),
    )  # fmt: skip


def _search_row() -> Row:
    names = ("resource_instances", "action", "tags", "matches", "limit", "offset")
    return located_row(
        "resource_instances/action", "POST", BASE + "{resource_instances}/action", tag_search.find,
        *(Field(name, _RAW) for name in names),
        adapt_request=adapters.search, adapt_response=adapters.found,
        response=(
            Field("resources", Items(_RESOURCE), of="result.resources", omit=None),
            Field("total_count", EncodeOnly(int), of="result.total"),
        ),
    )  # fmt: skip


def _wrong_type(name: str, method: str, path: str, use: Any) -> Row:
    """An operation on tags of something else than keys."""
    path = "/v1.0/{project_id}/{resource_type}/" + path
    return Row(name=name, method=method, path=path, surface="kms", use=use, refusal=_WRONG_TYPE)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        *_tag_rows(),
        _search_row(),
        _wrong_type("other-type/tags", "GET", "tags", tag_search.list_all_tags),
        _wrong_type("other-type/action", "POST", "{resource_instances}/action", tag_search.find),
        _wrong_type("other-type/id/tags", "POST", "{resource_id}/tags", tags.tag_key),
        _wrong_type("other-type/id/list", "GET", "{resource_id}/tags", tags.list_key_tags),
    )
