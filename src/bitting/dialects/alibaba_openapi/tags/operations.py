"""Tags, one row an operation: the three of one resource, and the three of many.

Source: TagResource, UntagResource, ListResourceTags, TagResources, UntagResources, ListTagResources of the KMS
API reference.
"""

from __future__ import annotations

from typing import Any

from bitting.core import faults
from bitting.core.usecases.keys import resource_tags, tags
from bitting.core.usecases.keys.tags import TagFilter
from bitting.dialects.alibaba_openapi.bodies import Envelope
from bitting.dialects.alibaba_openapi.codecs import OnlyKeyId, Tags
from bitting.dialects.alibaba_openapi.fields import KEY_ID, TEXT
from bitting.dialects.alibaba_openapi.rows import Rpc, given
from bitting.dialects.alibaba_openapi.tags.codecs import NextToken, TagKeys, TagPairs
from bitting.dialects.base.codecs import Choice, Flag, Items, Text
from bitting.dialects.base.operation import Field, Record

RESOURCES_MAX = 50
PAGE = 200
_ONE_OF = {"KeyId": "key", "SecretName": "secret", "CertificateId": "certificate"}


def one_resource(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """Exactly one of three parameters names the resource. Raises ``MissingParameter``, ``InvalidParameter``."""
    named = {name: arguments.pop(name) for name in _ONE_OF if name in arguments}
    if not named:
        raise faults.MissingParameter(parameter="KeyId")
    name, value = named.popitem()
    if named:
        raise faults.InvalidParameter(parameter=name, reason="unwanted")
    arguments["kind"] = _ONE_OF[name]
    arguments["names"] = (value if isinstance(value, str) else value.value,)


def keys_or_all(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """``All`` counts only where no key is named; one of the two must be there. Raises ``MissingParameter``."""
    everything = arguments.pop("All", False)
    if "keys" not in arguments:
        if not everything:
            raise faults.MissingParameter(parameter="TagKey")
        arguments["every"] = True


def carrying(arguments: dict[str, Any], said: Envelope) -> None:  # noqa: ARG001
    """Tags asked for must all be there; one without a value may have any."""
    pairs = arguments.pop("Tag", ())
    arguments["wanted"] = tuple(TagFilter(key, (value,) if value else ()) for key, value in pairs)


_NAMES = (
    given("KeyId", OnlyKeyId()),
    given("SecretName", Text(1, 192)),
    given("CertificateId", Text(1, 64)),
)
_REGION = given("RegionId", Text(1, 64), required=True)
_KIND = given("ResourceType", Choice({"key": "key", "secret": "secret"}), "kind", required=True)


def _many(*, required: bool) -> Field:
    return given("ResourceId", Items(Text(1, 256), 1, RESOURCES_MAX), "names", required=required)


def _regionless(settle: Any = None) -> Any:
    """The region is in the endpoint's name already; here it is read and not looked at again."""

    def settled(arguments: dict[str, Any], said: Envelope) -> None:
        arguments.pop("RegionId", None)
        if settle is not None:
            settle(arguments, said)

    return settled


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
        settle=one_resource,
        request=(*_NAMES, given("Tags", Tags(), "tags", required=True)),
    ),
    Rpc(
        name="UntagResource",
        use=resource_tags.untag_many,
        settle=one_resource,
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
        settle=_regionless(),
        repeated={**_RESOURCES, "Tag": ("Key", "Value")},
        request=(_REGION, _KIND, _many(required=True), given("Tag", TagPairs(), "tags", required=True)),
    ),
    Rpc(
        name="UntagResources",
        use=resource_tags.untag_many,
        settle=_regionless(keys_or_all),
        repeated={**_RESOURCES, "TagKey": ()},
        request=(_REGION, _KIND, _many(required=True), given("TagKey", TagKeys(), "keys"), given("All", Flag())),
    ),
    Rpc(
        name="ListTagResources",
        use=resource_tags.list_tagged,
        settle=_regionless(carrying),
        given={"limit": PAGE},
        repeated={**_RESOURCES, "Tag": ("Key", "Value")},
        request=(
            _REGION,
            _KIND,
            _many(required=False),
            given("Tag", TagPairs()),
            given("NextToken", NextToken(), "after"),
        ),
        response=(
            Field("TagResources", Items(_TAGGED, wrap="TagResource"), of="tags"),
            Field("NextToken", NextToken(), of="next"),
        ),
    ),
)
