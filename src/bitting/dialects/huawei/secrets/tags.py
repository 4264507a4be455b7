"""Tags of secrets, and secrets by their tags. All in the nested envelope.

Source: the pages of these operations in the Huawei Cloud CSMS API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.secrets import listing
from bitting.dialects.base.codecs import Choice, Items, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.rows import HuaweiCall, Row
from bitting.dialects.huawei.secrets import codecs
from bitting.dialects.huawei.secrets.answer_codecs import Constant
from bitting.dialects.huawei.secrets.rows import COUNT, CSMS, SECRET, TEXT, row

_BASE = CSMS + "/{secret_id}/tags"
_ID = Field("secret_id", codecs.SECRET_ID, to="secret_id", required=True)
_TAG = codecs.Tag()
_TAG_FILTER = codecs.ObjectCodec(("key",), key=Text(1, 128), values=Items(Text(0, 255), 0, 10))
_NAME_FILTER = codecs.ObjectCodec(("key",), key=Choice({"resource_name": ""}), value=Text(0, 255))
_FILTERS = (
    Field("limit", codecs.QueryInteger(1, 1000), to="limit"),
    Field("offset", codecs.QueryInteger(0, 999_999_999), to="offset"),
    Field("action", Choice({"filter": "filter", "count": "count"}), required=True),
    Field("tags", Items(_TAG_FILTER, 0, 10)),
    Field("matches", Items(_NAME_FILTER, 0, 10)),
)
#: The service sets no tags of its own.
_NO_SYSTEM_TAGS = Field("sys_tags", Constant([]))
_RESOURCE = Record(
    Field("resource_id", TEXT, of="id"),
    Field("resource_detail", SECRET),
    Field("resource_name", TEXT, of="name"),
    Field("tags", codecs.StoredTags(), of="tags"),
    _NO_SYSTEM_TAGS,
)


def _filters(arguments: dict[str, Any], _call: HuaweiCall) -> None:
    """Both lists of filters as one; counting takes no page. Every match must fit, as every tag must."""
    if arguments.pop("action") == "count":
        arguments["limit"], arguments["offset"] = 0, 0
    tags = {item["key"]: item.get("values", []) for item in arguments.pop("tags", [])}
    names = [item.get("value", "") for item in arguments.pop("matches", [])]
    arguments["wanted"] = listing.SecretFilter(tags=tags, name_parts=[name for name in names if name])


def tag_rows() -> list[Row]:
    """Every row about tags."""
    return [*_change_rows(), *_list_rows()]


def _change_rows() -> list[Row]:
    batch = (
        _ID,
        Field("tags", Items(_TAG, 1, codecs.TAGS_MAX), to="tags", required=True),
        Field("action", codecs.TAG_ACTIONS, to="remove", required=True),
    )
    return [
        row(
            "create-secret-tag",
            "POST",
            _BASE,
            use=listing.change_tags,
            request=(_ID, Field("tag", codecs.ListOfOne(_TAG), to="tags", required=True)),
            ok=204,
            nested=True,
        ),
        row(
            "batch-create-or-delete-tags",
            "POST",
            _BASE + "/action",
            use=listing.change_tags,
            request=batch,
            ok=204,
            nested=True,
        ),
        row(
            "delete-secret-tag",
            "DELETE",
            _BASE + "/{key}",
            use=listing.untag,
            request=(_ID, Field("key", codecs.ListOfOne(Text(1, 128)), to="keys", required=True)),
            given={"strict": True},
            ok=204,
            nested=True,
        ),
    ]


def _list_rows() -> list[Row]:
    return [
        row(
            "list-secret-tags",
            "GET",
            _BASE,
            use=listing.tags_of,
            request=(_ID,),
            response=(Field("tags", codecs.StoredTags(), of="result.tags"), _NO_SYSTEM_TAGS),
            nested=True,
        ),
        row(
            "list-project-secrets-tags",
            "GET",
            CSMS + "/tags",
            use=listing.all_tags,
            response=(Field("tags", codecs.TagValues(), of="result"),),
            nested=True,
        ),
        row(
            "list-resource-instances",
            "POST",
            CSMS + "/{resource_instances}/action",
            use=listing.list_secrets,
            adapt_request=_filters,
            request=_FILTERS,
            response=(
                Field("resources", Items(_RESOURCE), of="result.secrets"),
                Field("total_count", COUNT, of="result.total"),
            ),
            given={"limit": 10},
            nested=True,
        ),
    ]
