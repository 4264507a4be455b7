"""The wire cases of this dialect; those named ``otc_`` are of a project with that profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huawei.case_client import HuaweiCaseClient
from huawei.conftest import ApiClient
from runner import Case, check, load

from bitting.dialects.huawei.keys.operations import CRYPTO, KEYS, VERSIONS

CASES = load(Path(__file__).with_name("cases"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, runtime: Any) -> None:
    project = runtime.founded.second_project if case.name.startswith("otc_") else runtime.founded.project
    check(case, HuaweiCaseClient(ApiClient(runtime, project)))


def test_every_operation_has_a_case() -> None:
    lines = [case.request.splitlines()[0] for case in CASES]
    paths = [row.path.rpartition("/")[2] for row in (*KEYS, *CRYPTO)]
    assert not [path for path in paths if not any(f"/kms/{path} " in line for line in lines)]
    assert {"GET / HTTP/1.1", "GET /v1.0 HTTP/1.1"} <= set(lines)
    assert len(VERSIONS) == 3
