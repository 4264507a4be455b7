"""What keys are called: key_alias, description, and the aliases that requests may use instead of an id.

Sources: Huawei Cloud DEW API reference and SDK 3.1.219.
"""

from __future__ import annotations

from typing import Any

from bitting.core.usecases.keys import alias_batches, aliases
from bitting.core.usecases.keys import display_names as key_names
from bitting.dialects.base.codecs import Integer, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.keys import name_adapters
from bitting.dialects.huawei.keys.operations import BASE, PAGE_MOST
from bitting.dialects.huawei.rows import Row

_ID = codecs.KeyName()
_KEY = Field("key_id", _ID, to="key", required=True)
_ALIAS = Field("alias", codecs.AliasName(), to="name", required=True)


def row(name: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row below the KMS root."""
    return Row(name=name, path=BASE + path, surface="kms", use=use, request=request, **rest)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "update-key-alias",
            "update-key-alias",
            key_names.rename,
            _KEY,
            Field("key_alias", codecs.KeyAlias(), to="name", required=True),
            content=name_adapters.renamed,
        ),
        row(
            "update-key-description",
            "update-key-description",
            key_names.set_description,
            _KEY,
            Field("key_description", Text(0, 255), to="description", required=True),
            content=name_adapters.described,
        ),
        row(
            "create-alias",
            "aliases",
            alias_batches.create_within_limit,
            _KEY,
            _ALIAS,
            content=name_adapters.alias,
            ok=201,
        ),
        row(
            "associate-alias",
            "alias/associate",
            aliases.update,
            Field("target_key_id", _ID, to="key", required=True),
            _ALIAS,
            content=name_adapters.alias,
        ),
        row(
            "delete-alias",
            "aliases",
            alias_batches.delete_aliases,
            _KEY,
            Field("aliases", Items(codecs.AliasName(), 1, 50), to="names", required=True),
            method="DELETE",
            ok=204,
        ),
        row(
            "list-aliases",
            "aliases",
            alias_batches.list_aliases_after,
            Field("key_id", _ID, to="key"),
            Field("limit", Integer(1, PAGE_MOST), to="limit"),
            Field("marker", Text(0, 512), to="after"),
            method="GET",
            located=True,
            given={"limit": 50},
            adapt_request=name_adapters.list_aliases,
            content=name_adapters.alias_page,
        ),
    )
