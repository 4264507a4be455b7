"""Tags, one row an operation: the three of one resource, and the three of many.

Source: TagResource, UntagResource, ListResourceTags, TagResources, UntagResources, ListTagResources of the KMS
API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.keys import resource_tags, tags
from bitting.dialects.alibaba_openapi.codecs import OnlyKeyId, Tags
from bitting.dialects.alibaba_openapi.fields import KEY_ID, TEXT
from bitting.dialects.alibaba_openapi.rows import Rpc, RpcCall, checked, given
from bitting.dialects.alibaba_openapi.tags.codecs import NextToken, TagFilters, TagKeys, TagPairs
from bitting.dialects.base.codecs import Choice, Flag, Items, Text
from bitting.dialects.base.operation import Field, Record

RESOURCES_MAX = 50
PAGE = 200
_ONE_OF = {"KeyId": "key", "SecretName": "secret", "CertificateId": "certificate"}


def keys_or_all(arguments: dict[str, Any], _call: RpcCall) -> None:
    """``All`` counts only where no key is named; one of the two must be there. Raises ``MissingParameter``."""
    everything = arguments.pop("All", False)
    if "keys" not in arguments:
        if not everything:
            raise faults.MissingParameter(parameter="TagKey")
        arguments["every"] = True


_NAMES = (
    given("KeyId", OnlyKeyId()),
    given("SecretName", Text(1, 192)),
    given("CertificateId", Text(1, 64)),
)
#: The region is in the endpoint's name already; here it is read and not looked at again.
_REGION = checked("RegionId", Text(1, 64), required=True)
_KIND = given("ResourceType", Choice({"key": "key", "secret": "secret"}), "kind", required=True)


def _many(*, required: bool) -> Field:
    return given("ResourceId", Items(Text(1, 256), 1, RESOURCES_MAX), "names", required=required)


_KEY_TAG = Record(
    Field("KeyId", TEXT, of="resource_id"), Field("TagKey", TEXT, of="key"), Field("TagValue", TEXT, of="value")
)
_TAGGED = Record(
    Field("ResourceId", TEXT, of="resource_id"),
    Field("ResourceType", TEXT, of="kind"),
    Field("TagKey", TEXT, of="key"),
    Field("TagValue", TEXT, of="value"),
)
_RESOURCES: dict[str, tuple[str, ...]] = {"ResourceId": ()}

TAGS = (
    Rpc(
        name="TagResource",
        use=resource_tags.tag_many,
        one_of=_ONE_OF,
        request=(*_NAMES, given("Tags", Tags(), "tags", required=True)),
    ),
    Rpc(
        name="UntagResource",
        use=resource_tags.untag_many,
        one_of=_ONE_OF,
        request=(*_NAMES, given("TagKeys", TagKeys(), "keys", required=True)),
    ),
    Rpc(
        name="ListResourceTags",
        use=tags.list_key_tags,
        request=(KEY_ID,),
        response=(Field("Tags", Items(_KEY_TAG, wrap="Tag"), of="tags"),),
    ),
    Rpc(
        name="TagResources",
        use=resource_tags.tag_many,
        repeated={**_RESOURCES, "Tag": ("Key", "Value")},
        request=(_REGION, _KIND, _many(required=True), given("Tag", TagPairs(), "tags", required=True)),
    ),
    Rpc(
        name="UntagResources",
        use=resource_tags.untag_many,
        adapt_request=keys_or_all,
        repeated={**_RESOURCES, "TagKey": ()},
        request=(_REGION, _KIND, _many(required=True), given("TagKey", TagKeys(), "keys"), given("All", Flag())),
    ),
    Rpc(
        name="ListTagResources",
        use=resource_tags.list_tagged,
        given={"limit": PAGE},
        repeated={**_RESOURCES, "Tag": ("Key", "Value")},
        request=(
            _REGION,
            _KIND,
            _many(required=False),
            given("Tag", TagFilters(), "wanted"),
            given("NextToken", NextToken(), "after"),
        ),
        response=(
            Field("TagResources", Items(_TAGGED, wrap="TagResource"), of="tags"),
            Field("NextToken", NextToken(), of="next"),
        ),
    ),
)
