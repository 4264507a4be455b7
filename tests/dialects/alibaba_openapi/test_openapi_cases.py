"""The wire cases of this dialect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alibaba_openapi.case_client import OpenApiCaseClient
from runner import Case, check, load

CASES = load(Path(__file__).with_name("cases"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case, api: Any) -> None:
    check(case, OpenApiCaseClient(api))


def test_every_operation_has_a_case(api: Any) -> None:
    text = "".join(case.request for case in CASES)
    missing = [
        name
        for name in api.dialect.operations
        if f"Action={name}" not in text and f"x-acs-action: {name}\n" not in text
    ]
    assert not missing
