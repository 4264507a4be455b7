"""The wire cases of this dialect; those named ``otc_`` are of a project with that profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from huawei.conftest import Door
from huawei.driver import HuaweiDriver
from runner import Case, check, load

from bitting.dialects.huawei import versions
from bitting.dialects.huawei.crypto import encryption
from bitting.dialects.huawei.keys import lifecycle

NEW_KEYS = {"create-datakey", "create-datakey-without-plaintext", "gen-random"}

CASES = load(Path(__file__).with_name("cases"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, runtime: Any) -> None:
    project = runtime.founded.second_project if case.name.startswith("otc_") else runtime.founded.project
    check(case, HuaweiDriver(Door(runtime, project)))


def test_every_operation_has_a_case() -> None:
    lines = [case.request.splitlines()[0] for case in CASES]
    rows = (*lifecycle.rows(), *(row for row in encryption.rows() if row.name != "re-encrypt"))
    paths = [*(row.path.rpartition("/")[2] for row in rows), *NEW_KEYS]
    assert not [path for path in paths if not any(f"/kms/{path} " in line for line in lines)]
    assert {"GET / HTTP/1.1", "GET /v1.0 HTTP/1.1"} <= set(lines)
    assert len(versions.rows()) == 3
