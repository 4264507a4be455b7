"""Fields that operations of several subjects share: keys, pages, and how rows at the usual places are made."""

from __future__ import annotations

from functools import partial
from typing import Any

from bitting.dialects.base.codecs import EncodeOnly, Integer
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.codecs import KeyName
from bitting.dialects.huawei.rows import Row

BASE = "/v1.0/{project_id}/kms/"
V2 = "/v2/{project_id}/kms/"
PAGE_MAX = 1000
#: Room for 8192 characters of context and 4096 bytes of plaintext, every character escaped.
CRYPTO_BODY = 1 << 17
#: Longer than any ciphertext of this API's own: what other APIs made opens here as well.
CIPHERTEXT_BYTES = CRYPTO_BODY

KEY = Field("key_id", KeyName(), to="key", required=True)
KEY_OR_ALIAS = Field("key_id", KeyName(aliases=True), to="key", required=True)

LIMIT = Field("limit", Integer(1, PAGE_MAX), to="limit")
OFFSET = Field("offset", Integer(0, 1 << 31), to="offset")
#: How many items to skip: right as long as nothing before it goes, as in the clouds.
PAGE = (LIMIT, Field("marker", Integer(0, 1 << 31), to="offset"))


def _next_marker(items: str, page: Any) -> str:
    """How many items to skip next time; empty at the end, or openstack clients never stop asking."""
    count = len(getattr(page, items))
    end = page.offset + count
    return str(end) if count and end < page.total else ""


def _truncated(items: str, page: Any) -> str:
    return "true" if _next_marker(items, page) else "false"


def page_info(items: str) -> tuple[Field, ...]:
    """What a page says of itself. ``items``: the attribute of the result that holds the page's items."""
    return (
        Field("next_marker", EncodeOnly(partial(_next_marker, items)), of="result"),
        Field("truncated", EncodeOnly(partial(_truncated, items)), of="result"),
        Field("total", EncodeOnly(int), of="result.total"),
    )


def kms_row(name: str, use: Any, *request: Field, path: str = "", **rest: Any) -> Row:
    """A row below the root of key management, at its own name unless it has another path."""
    return Row(name=name, path=BASE + (path or name), surface="kms", use=use, request=request, **rest)


def located_row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row whose parameters are in path, query and body alike."""
    return Row(name=name, method=method, path=path, surface="kms", use=use, request=request, located=True, **rest)
