"""Operations of those who run the service: quotas, tenants, orders and notices.

The error table knows them, no public document shows them. They take an operator's token (the native API's) in
``X-Auth-Token``; anybody else's token has no right to them. Each really does, or really cannot do, what it says: a
quota is raised, a tenant frozen, a notice endpoint registered; orders fail, as nothing is attached to order from.
Source of codes and texts: Huawei Cloud DEW error table, rows KMS.2301 to 2305, 3103, 3201, 3202, 3702, 3902, 3903,
4001, 4002.
"""

from __future__ import annotations

import re
from typing import Any

from bitting.core.model.identity import AccountState
from bitting.core.usecases.operator import quota_admin, resource_orders, service
from bitting.core.usecases.secrets import delivery_targets
from bitting.dialects.base.codecs import Choice, EncodeOnly, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.fields import BASE, located_row
from bitting.dialects.huawei.quotas.quotas import NAMES
from bitting.dialects.huawei.rows import Row
from bitting.dialects.huawei.rules import TransactionHeader

_TEXT = Text()
_TENANT = Text(16, 32, re.compile("[0-9]{16}|[0-9a-f]{32}"))
_STATUSES = Choice({"active": AccountState.ACTIVE.value, "frozen": AccountState.FROZEN.value})
_IN_TRANSACTION = (TransactionHeader(),)


def _row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    return located_row(name, method, BASE + path, use, *request, operators=True, **rest)


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        _row(
            "update-quota", "PUT", "user-quotas", quota_admin.raise_quota,
            Field("project_id", _TEXT, to="project_id", required=True),
            Field("quota_type", NAMES, to="name", required=True),
            Field("quota", Integer(0, 1 << 40), to="limit", required=True),
            response=(
                Field("quota_type", NAMES, of="result.name"),
                Field("quota", EncodeOnly(int), of="result.limit"),
            ),
        ),
        _row(
            "update-tenant", "PUT", "tenants/{tenant_id}", service.set_account_state,
            Field("tenant_id", _TENANT, to="account_id", required=True),
            Field("kms_status", _STATUSES, to="state", required=True),
            response=(
                Field("tenant_id", _TEXT, of="result.domain_id"),
                Field("kms_status", EncodeOnly(lambda state: state.value), of="result.state"),
            ),
        ),
        _row(
            "create-order", "POST", "orders", resource_orders.place_order,
            Field("resource_type", Text(1, 64), to="resource", required=True),
            Field("count", Integer(1, 1_000_000), to="count"), rules=_IN_TRANSACTION,
        ),
        _row(
            "register-notice", "POST", "notifications", delivery_targets.set_webhook,
            Field("tenant_id", _TENANT, to="account_id", required=True),
            Field("service_name", Text(1, 64, re.compile("[a-zA-Z0-9._-]{1,64}")), to="name", required=True),
            Field("service_url", Text(1, 1024, re.compile("https?://[^/?#]+.*")), to="url", required=True),
            rules=_IN_TRANSACTION,
            response=(
                Field("service_name", _TEXT, of="result.webhook.name"),
                Field("service_url", _TEXT, of="result.webhook.url"),
                Field("secret", _TEXT, of="result.secret"),
            ),
        ),
    )  # fmt: skip
