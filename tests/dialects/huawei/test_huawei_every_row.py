"""Every operation of the dialect against values of every wrong JSON type: a documented refusal, never a failure."""

from __future__ import annotations

from typing import Any

import pytest
from huawei.conftest import ApiClient

from bitting.dialects.huawei import kms_operations
from bitting.dialects.huawei.rows import Row

ROWS = [row for row in kms_operations.rows().values() if not row.public and not row.operators]
WRONG: tuple[Any, ...] = (
    True, 7, -1, 1.5, "", "x", "\u0000", "é" * 300, "9" * 40, [], ["x"], [{}], {}, {"key": 5}, None,
)  # fmt: skip


def path_of(row: Row, api: ApiClient, value: str) -> str:
    path = row.path.replace("{project_id}", api.project.id).replace("*}", "}")
    for name in ("key_id", "key", "resource_instances", "resource_type", "resource_id", "keystore_id", "job_id",
                 "access_point_id", "policy_id"):  # fmt: skip
        path = path.replace("{" + name + "}", value)
    return path


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_wrong_types(api: ApiClient, row: Row) -> None:
    names = [field.name for field in row.request] or ["anything"]
    path = path_of(row, api, api.key())
    for wrong in WRONG:
        for body in (dict.fromkeys(names, wrong), *({name: wrong} for name in names), wrong):
            status, answer = api.ask_at(row.method, path, body)
            if status >= 300:
                assert status in {400, 403, 404}, (body, answer)
                assert answer["error"]["error_code"].startswith("KMS."), (body, answer)


@pytest.mark.parametrize("row", [row for row in ROWS if row.method == "GET"], ids=lambda row: row.name)
def test_wrong_queries(api: ApiClient, row: Row) -> None:
    path = path_of(row, api, api.key())
    for field in row.request:
        for wrong in ("", "x", "-1", "%00", "%C3%A9", "1e9", "99999999999999999999"):
            status, answer = api.ask_at("GET", path, query=f"{field.name}={wrong}")
            assert status in {200, 400, 404}, (field.name, wrong, answer)
