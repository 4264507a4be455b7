"""What keys are called: key_alias, description, and the aliases that requests may use instead of an id.

An alias is shown with its ``alias/`` before it: the Terraform provider looks in the list for the name as it was given,
and takes no other form.

The list has two shapes. The Terraform provider, whose own tests run against the cloud, reads an object with
``aliases`` and ``page_info``. The models of the generated SDKs (Java, Python, Go, Node.js, .NET) say a list of such
objects, and Java's takes nothing else. The SDKs say who they are in ``User-Agent``: they get the list, everybody else
the object.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219; terraform-provider-huaweicloud
(resource_huaweicloud_kms_alias.go, data_source_huaweicloud_kms_aliases.go); huaweicloud-sdk-java-v3
(ListAliasesResponse.java).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bitting.core.model.key import Alias
from bitting.core.usecases.keys import alias_batches, aliases, display_names
from bitting.core.usecases.keys.aliases import AliasPage
from bitting.dialects.base.codecs import EncodeOnly, Integer, InvalidWireValue, Items, Moment, Text
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.codecs import ALIAS_PREFIX
from bitting.dialects.huawei.fields import BASE, KEY, PAGE_MAX, kms_row, located_row
from bitting.dialects.huawei.rows import Answer, Row

_ALIASES = BASE + "aliases"
#: How the user agents of the generated SDKs begin; what follows is the language.
GENERATED_SDKS = "huaweicloud-usdk-"
_TEXT, _MOMENT, _NAME = Text(), Moment(), codecs.AliasName()


class AliasMarker:
    """An alias as a page showed it, or without its prefix."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if len(raw) > 512:
            raise InvalidWireValue("length")
        return ALIAS_PREFIX + raw.removeprefix(ALIAS_PREFIX)

    def encode(self, value: str) -> str:
        return value


def _urn(answer: Answer[Alias]) -> str:
    name = answer.result.name.removeprefix(ALIAS_PREFIX)
    return f"kms:{answer.region}:{answer.principal.domain_id}:alias:{name}"


def _on_page(page: AliasPage) -> Sequence[Alias]:
    """The use case reads one alias more than the page has."""
    return page.aliases[: page.limit]


def _next_marker(page: AliasPage) -> str:
    """The last alias of the page; empty at the end."""
    return _NAME.encode(page.aliases[page.limit - 1].name) if len(page.aliases) > page.limit else ""


_ALIAS_SHOWN = (
    Field("domain_id", _TEXT, of="principal.domain_id"),
    Field("key_id", _TEXT, of="result.key_id"),
    Field("alias", _NAME, of="result.name"),
    Field("alias_urn", EncodeOnly(_urn)),
    Field("create_time", _MOMENT, of="result.created_ms"),
    Field("update_time", _MOMENT, of="result.updated_ms"),
)
_PAGE = (
    Field("aliases", codecs.Each(_on_page, Record(*_ALIAS_SHOWN))),
    Field(
        "page_info",
        Record(
            Field("next_marker", EncodeOnly(_next_marker)),
            Field("current_count", EncodeOnly(lambda page: len(_on_page(page)))),
        ),
        of="result",
    ),
)
_KEY_ID = Field("key_id", _TEXT, of="result.id")
_ALIAS = Field("alias", _NAME, to="name", required=True)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        kms_row(
            "update-key-alias", display_names.rename,
            KEY, Field("key_alias", codecs.KeyAlias(), to="name", required=True),
            response=(Field("key_info", Record(_KEY_ID, Field("key_alias", _TEXT, of="result.name"))),),
        ),
        kms_row(
            "update-key-description", display_names.set_description,
            KEY, Field("key_description", Text(0, 255), to="description", required=True, empty=True),
            response=(Field("key_info", Record(_KEY_ID, Field("key_description", _TEXT, of="result.description"))),),
        ),
        kms_row(
            "create-alias", alias_batches.create_within_limit,
            KEY, _ALIAS, path="aliases", ok=201, response=_ALIAS_SHOWN,
        ),
        kms_row(
            "associate-alias", aliases.update,
            Field("target_key_id", codecs.KeyName(), to="key", required=True), _ALIAS,
            path="alias/associate", response=_ALIAS_SHOWN,
        ),
        kms_row(
            "delete-alias", alias_batches.delete_aliases,
            KEY, Field("aliases", Items(_NAME, 1, 50), to="names", required=True),
            path="aliases", method="DELETE", ok=204,
        ),
        located_row(
            "list-aliases", "GET", _ALIASES, alias_batches.list_aliases_after,
            Field("key_id", codecs.KeyName(), to="key"),
            Field("limit", Integer(1, PAGE_MAX), to="limit"),
            Field("marker", AliasMarker(), to="after"),
            given={"limit": 50}, response=_PAGE, in_list_for=GENERATED_SDKS,
        ),
    )  # fmt: skip
