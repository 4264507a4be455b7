"""Grants, quotas and the number of keys.

Sources: Huawei Cloud DEW API reference "Key grant management" and "Querying quotas", OTC likewise.
"""

from __future__ import annotations

import re
from typing import Any

from bitting.core.usecases.keys import grants
from bitting.core.usecases.operator import quota_admin
from bitting.dialects.base.codecs import Choice, Integer, Items, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei import codecs
from bitting.dialects.huawei.grants import adapters as grant_adapters
from bitting.dialects.huawei.keys.material_adapters import nothing
from bitting.dialects.huawei.keys.operations import BASE, PAGE_MOST
from bitting.dialects.huawei.rows import Row

_KEY = Field("key_id", codecs.KeyName(), to="key", required=True)
_USER = Text(1, 64, re.compile("[a-zA-Z0-9]{1,64}"))
_GRANT = Field("grant_id", Text(64, 64, re.compile("[A-Fa-f0-9]{64}")), to="grant_id", required=True)
_PAGE = (Field("limit", Integer(1, PAGE_MOST), to="limit"), Field("marker", Integer(0, 1 << 31), to="offset"))
_DEFAULT = {"limit": 100}


def row(path: str, use: Any, *request: Field, name: str = "", **rest: Any) -> Row:
    """A row whose name is the end of its path, unless it is given one: secrets have grants as well."""
    return Row(name=name or path, path=BASE + path, surface="kms", use=use, request=request, **rest)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "create-grant", grants.create, _KEY,
            Field("grantee_principal", _USER, to="grantee", required=True),
            Field("operations", Items(Choice(grant_adapters.ACTIONS), 1, 10), to="actions", required=True),
            Field("name", Text(1, 255, re.compile("[a-zA-Z0-9:/_-]{1,255}")), to="name"),
            Field("retiring_principal", _USER, to="retiring"),
            Field("grantee_principal_type", Choice({"user": grants.USER, "domain": grants.DOMAIN}), to="grantee_kind"),
            adapt_request=grant_adapters.create, content=grant_adapters.made,
        ),
        row("revoke-grant", grants.revoke, _KEY, _GRANT, content=nothing),
        row("retire-grant", grants.retire, _KEY, _GRANT, content=nothing),
        row(
            "list-grants", grants.list_of_key, _KEY, *_PAGE, name="list-key-grants", given=_DEFAULT,
            content=grant_adapters.page,
        ),
        row("list-retirable-grants", grants.list_retirable, *_PAGE, given=_DEFAULT, content=grant_adapters.page),
        row("user-quotas", quota_admin.usage, method="GET", content=grant_adapters.quotas),
        row("user-instances", quota_admin.usage, method="GET", content=grant_adapters.instances),
    )  # fmt: skip
