"""Tags of keys, and keys by their tags.

Sources: Huawei Cloud DEW API reference "Key tag management", Open Telekom Cloud KMS API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.keys import tag_search, tags
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs, versions
from bitting.dialects.huawei.keys.operations import BASE
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.tags import adapters as tag_adapters

_KEY = Field("key_id", codecs.KeyName(), to="key", required=True)
_RAW = codecs.AnyJson()


def row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row whose parameters are in path and body alike."""
    return Row(
        name=name, method=method, path=BASE + path, surface="kms", use=use, request=request, located=True, **rest
    )


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "create-tag", "POST", "{key_id}/tags", tags.tag_key, _KEY, Field("tag", _RAW),
            adapt_request=tag_adapters.one, ok=204,
        ),
        row(
            "tags/action", "POST", "{key_id}/tags/action", tag_search.change, _KEY, Field("tags", _RAW),
            Field("action", _RAW), adapt_request=tag_adapters.many, ok=204,
        ),
        row(
            "delete-tag", "DELETE", "{key_id}/tags/{key*}", tags.untag_key, _KEY,
            given={"strict": True}, adapt_request=tag_adapters.removed, ok=204,
        ),
        # A tag called "action" has the path of the batch operation.
        row(
            "delete-tag/action", "DELETE", "{key_id}/tags/action", tags.untag_key, _KEY,
            given={"strict": True, "names": ("action",)}, ok=204,
        ),
        row("list-key-tags", "GET", "{key_id}/tags", tags.list_key_tags, _KEY, content=tag_adapters.of_key),
        row("list-tags", "GET", "tags", tag_search.list_all_tags, content=tag_adapters.of_project),
        row(
            "resource_instances/action", "POST", "{resource_instances}/action", tag_search.find,
            Field("resource_instances", _RAW), Field("action", _RAW), Field("tags", _RAW), Field("matches", _RAW),
            Field("limit", _RAW), Field("offset", _RAW),
            adapt_request=tag_adapters.instances, content=tag_adapters.found,
        ),
        *(
            Row(name=name, method=method, path=path, surface="kms", composite=versions.wrong_resource_type)
            for name, method, path in (
                ("other-type/tags", "GET", "/v1.0/{project_id}/{resource_type}/tags"),
                ("other-type/action", "POST", "/v1.0/{project_id}/{resource_type}/{resource_instances}/action"),
                ("other-type/id/tags", "POST", "/v1.0/{project_id}/{resource_type}/{resource_id}/tags"),
                ("other-type/id/list", "GET", "/v1.0/{project_id}/{resource_type}/{resource_id}/tags"),
            )
        ),
    )  # fmt: skip
