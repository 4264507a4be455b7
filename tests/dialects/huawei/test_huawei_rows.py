"""What holds of every row of key management, in both profiles: schemas, rules, few functions, shared routes."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from bitting.dialects.huawei import kms_operations
from bitting.dialects.huawei.dialect import huawei_profile
from bitting.dialects.huawei.rows import Row, route
from bitting.dialects.otc.profile import profile as otc_profile

#: The share of rows that may have a function beside their tables.
HOOKS_MAX = 0.25
#: These answer an empty object or, as there is nothing to order from, never succeed.
EMPTY = {
    "import-key-material", "delete-imported-key-material", "enable-key-rotation", "disable-key-rotation",
    "update-key-rotation-interval", "revoke-grant", "retire-grant", "enable-access-point", "disable-access-point",
    "create-order",
}  # fmt: skip
KMS_PROFILE, OTC_PROFILE = huawei_profile(), otc_profile()
KMS, OTC = kms_operations.rows(), OTC_PROFILE.rows


@pytest.mark.parametrize("rows", [KMS, OTC], ids=["huawei", "otc"])
def test_few_rows_have_functions(rows: dict[str, Row]) -> None:
    assert sum(bool(row.hooks) for row in rows.values()) <= HOOKS_MAX * len(rows)


@pytest.mark.parametrize("row", KMS.values(), ids=lambda row: row.name)
def test_every_row_has_an_answer_schema(row: Row) -> None:
    assert bool(row.response) is (row.ok != 204 and row.refusal is None and row.name not in EMPTY)


def test_every_rule_serves_several_rows() -> None:
    used = Counter(type(rule) for row in KMS.values() for rule in row.rules)
    assert used
    assert min(used.values()) >= 2


def test_profiles_agree_on_what_is_decided_before_the_profile_is_known() -> None:
    found = route(KMS_PROFILE.rows["list-keys"], {"huawei": KMS_PROFILE, "otc": OTC_PROFILE})
    assert found.rows["huawei"] is KMS_PROFILE.rows["list-keys"]
    assert found.rows["otc"] is OTC["list-keys"]
    other = replace(OTC_PROFILE, rows={"list-keys": replace(OTC["list-keys"], max_body=1)})
    with pytest.raises(ValueError, match="list-keys of otc has another max_body"):
        route(KMS_PROFILE.rows["list-keys"], {"huawei": KMS_PROFILE, "otc": other})
