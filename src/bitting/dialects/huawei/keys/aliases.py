"""What keys are called: key_alias, description, and the aliases that requests may use instead of an id.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219.
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
_TEXT, _MOMENT, _NAME = Text(), Moment(), codecs.AliasName()


class AliasMarker:
    """An alias as a page showed it, or with its prefix."""

    def decode(self, raw: Any) -> str:
        if not isinstance(raw, str):
            raise InvalidWireValue("type")
        if len(raw) > 512:
            raise InvalidWireValue("length")
        return ALIAS_PREFIX + raw.removeprefix(ALIAS_PREFIX)

    def encode(self, value: str) -> str:
        return value.removeprefix(ALIAS_PREFIX)


def _urn(answer: Answer[Alias]) -> str:
    return f"kms:{answer.region}:{answer.principal.domain_id}:alias:{_NAME.encode(answer.result.name)}"


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
            KEY, Field("key_description", Text(0, 255), to="description", required=True),
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
            given={"limit": 50}, response=_PAGE, in_list=True,
        ),
    )  # fmt: skip
