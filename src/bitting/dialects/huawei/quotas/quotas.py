"""How many keys and grants a project has and may have.

Source: Huawei Cloud DEW API reference "Querying quotas", OTC likewise.
"""

from __future__ import annotations

from bitting.core.usecases.operator import quota_admin
from bitting.core.usecases.operator.quota_admin import QuotaUsage, Usage
from bitting.dialects.base.codecs import Choice, EncodeOnly, Items
from bitting.dialects.base.operation import Field, Record
from bitting.dialects.huawei.codecs import Derived
from bitting.dialects.huawei.fields import kms_row
from bitting.dialects.huawei.rows import Row

NAMES = Choice({"CMK": quota_admin.KEYS, "grant_per_CMK": quota_admin.GRANTS_PER_KEY})
_QUOTA = Record(
    Field("type", NAMES, of="name"),
    Field("used", EncodeOnly(int), of="used"),
    Field("quota", EncodeOnly(int), of="limit"),
)


def _both(usage: Usage) -> list[QuotaUsage]:
    return [usage.keys, usage.grants]


def rows() -> tuple[Row, ...]:
    """All of them. The number of keys leaves out those of services."""
    return (
        kms_row(
            "user-quotas", quota_admin.usage, method="GET",
            response=(Field("quotas", Record(Field("resources", Derived(_both, Items(_QUOTA)))), of="result"),),
        ),
        kms_row(
            "user-instances", quota_admin.usage, method="GET",
            response=(Field("instance_num", EncodeOnly(int), of="result.keys.used"),),
        ),
    )  # fmt: skip
