"""What the error table knows and no public document shows: quotas, tenants, orders and notices, for operators.

They take an operator's token (the native API's) in ``X-Auth-Token``; anybody else's token has no right to them. Each
really does, or really cannot do, what it says: a quota is raised, a tenant frozen, a notice endpoint registered; orders
fail, as nothing is attached to order from. Source of codes and texts: Huawei Cloud DEW error table, rows KMS.2301 to
2305, 3103, 3201, 3202, 3702, 3902, 3903, 4001, 4002.
"""

from __future__ import annotations

import re
from typing import Any

from bitting.core.model.identity import AccountState
from bitting.core.usecases.operator import quota_admin, resource_orders, service
from bitting.core.usecases.secrets import delivery_targets as secret_targets
from bitting.dialects.base.codecs import Choice, Integer, Text
from bitting.dialects.base.operation import Field
from bitting.dialects.huawei.keys.operations import BASE
from bitting.dialects.huawei.operator import adapters as operator_adapters
from bitting.dialects.huawei.rows import Row

_TENANT = Text(16, 32, re.compile("[0-9]{16}|[0-9a-f]{32}"))
_STATUSES = Choice({"active": AccountState.ACTIVE.value, "frozen": AccountState.FROZEN.value})
_QUOTAS = Choice({"CMK": quota_admin.KEYS, "grant_per_CMK": quota_admin.GRANTS_PER_KEY})


def row(name: str, method: str, path: str, use: Any, *request: Field, **rest: Any) -> Row:
    """A row for operators."""
    return Row(
        name=name,
        method=method,
        path=BASE + path,
        surface="kms",
        use=use,
        request=request,
        located=True,
        operators=True,
        **rest,
    )


def rows() -> tuple[Row, ...]:
    """All of them."""
    return (
        row(
            "update-quota", "PUT", "user-quotas", quota_admin.raise_quota,
            Field("project_id", Text(), to="project_id", required=True),
            Field("quota_type", _QUOTAS, to="name", required=True),
            Field("quota", Integer(0, 1 << 40), to="limit", required=True), content=operator_adapters.quota,
        ),
        row(
            "update-tenant", "PUT", "tenants/{tenant_id}", service.set_account_state,
            Field("tenant_id", _TENANT, to="account_id", required=True),
            Field("kms_status", _STATUSES, to="state", required=True), content=operator_adapters.tenant,
        ),
        row(
            "create-order", "POST", "orders", resource_orders.place_order,
            Field("resource_type", Text(1, 64), to="resource", required=True),
            Field("count", Integer(1, 1_000_000), to="count"), adapt_request=operator_adapters.transaction,
        ),
        row(
            "register-notice", "POST", "notifications", secret_targets.set_webhook,
            Field("tenant_id", _TENANT, to="account_id", required=True),
            Field("service_name", Text(1, 64, re.compile("[a-zA-Z0-9._-]{1,64}")), to="name", required=True),
            Field("service_url", Text(1, 1024, re.compile("https?://[^/?#]+.*")), to="url", required=True),
            adapt_request=operator_adapters.transaction, content=operator_adapters.webhook,
        ),
    )  # fmt: skip
